/* How far a long upload is. Without it a form is sent as any. */
(() => {
  const box = (input) => {
    let place = input.parentNode.querySelector(".upload-progress");
    if (!place) {
      place = document.createElement("div");
      place.className = "upload-progress";
      place.appendChild(document.createElement("p")).setAttribute("role", "status");
      input.after(place);
    }
    return place;
  };

  const say = (input, words) => (box(input).firstChild.textContent = words);

  const tooLarge = (input) => {
    const size = [...input.files].reduce((sum, file) => sum + file.size, 0);
    const large = size > input.dataset.maxBytes;
    say(input, large ? input.dataset.textTooLarge : "");
    return large;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-upload-progress]")) tooLarge(event.target);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const chosen = [...form.querySelectorAll("[data-upload-progress]")].filter((i) => i.files.length);
    if (!chosen.length || event.defaultPrevented) return;
    event.preventDefault();
    const large = chosen.filter(tooLarge);
    if (large.length) large[0].focus();
    else if (!form.ariaBusy) send(form, chosen[0], event.submitter);
  });

  function send(form, input, submitter) {
    const text = input.dataset, started = Date.now(), xhr = new XMLHttpRequest();
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const bar = document.createElement("progress"), stop = document.createElement("button");
    bar.setAttribute("aria-label", input.labels[0].textContent);
    stop.type = "button";
    stop.textContent = text.textCancel;
    stop.onclick = () => xhr.abort();
    box(input).append(bar, stop);
    form.ariaBusy = "true";

    let spoken = 0;
    xhr.upload.onprogress = ({ loaded, total }) => {
      const now = Date.now(), speed = loaded / Math.max(now - started, 1);
      bar.value = loaded / total;
      if (loaded === total) return say(input, text.textChecking);
      if (now - spoken < 3000) return; // it is read aloud
      spoken = now;
      say(input, text.textSending
        .replace("{percent}", Math.round(bar.value * 100) + " %")
        .replace("{speed}", Math.round(speed))
        .replace("{seconds}", Math.ceil((total - loaded) / speed / 1000)));
    };
    const end = (words) => {
      form.ariaBusy = null;
      bar.remove();
      stop.remove();
      say(input, words);
    };
    xhr.onabort = () => end(text.textCancelled);
    xhr.onerror = () => end(text.textFailed);
    xhr.onload = () => {
      if (xhr.status === 413) return end(text.textTooLarge);
      // A form that came back says on its page why.
      if (xhr.status !== 200 && xhr.status !== 422) return end(text.textFailed);
      // Shown as it came: asked for again, it would have lost its message.
      history.replaceState(null, "", xhr.responseURL);
      document.open();
      document.write(xhr.responseText);
      document.close();
    };
    xhr.open("POST", form.getAttribute("action") || location.href);
    xhr.send(data);
  }
})();
