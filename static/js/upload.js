/* How far a long upload is. Without this file the form is sent as any other. */
(function () {
  "use strict";

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var inputs = form.querySelectorAll("input[type=file][data-upload-progress]");
    var chosen = Array.prototype.filter.call(inputs, function (input) { return input.files.length; });
    if (!chosen.length || event.defaultPrevented || !window.FormData) return;
    event.preventDefault();
    var large = chosen.find(function (input) { return input.files[0].size > Number(input.dataset.maxBytes); });
    if (large) return say(box(large), large.dataset.textTooLarge);
    send(form, chosen[0], event.submitter);
  });

  function send(form, input, submitter) {
    var place = box(input), text = input.dataset, started = Date.now();
    var data = new FormData(form), request = new XMLHttpRequest();
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    var bar = place.appendChild(document.createElement("progress"));
    bar.max = 100;
    var stop = place.appendChild(document.createElement("button"));
    stop.type = "button";
    stop.className = "button";
    stop.textContent = text.textCancel;
    stop.addEventListener("click", function () { request.abort(); });
    form.setAttribute("aria-busy", "true");

    request.upload.addEventListener("progress", function (sent) {
      var seconds = (Date.now() - started) / 1000, speed = sent.loaded / Math.max(seconds, 0.1);
      bar.value = (sent.loaded / sent.total) * 100;
      say(place, sent.loaded === sent.total ? text.textChecking : text.textSending
        .replace("{percent}", Math.round(bar.value) + " %")
        .replace("{speed}", Math.round(speed / 1000))
        .replace("{seconds}", Math.ceil((sent.total - sent.loaded) / speed)));
    });
    request.addEventListener("abort", function () { end(text.textCancelled); });
    request.addEventListener("error", function () { end(text.textFailed); });
    request.addEventListener("load", function () {
      // Saved: go where the answer led. Refused: show the form that came back, with everything typed.
      if (request.status === 200 && request.responseURL.split("?")[0] !== location.href.split("?")[0]) {
        location.assign(request.responseURL);
      } else if (request.status === 200) {
        var page = new DOMParser().parseFromString(request.responseText, "text/html");
        var wrong = page.querySelector(".errornote, .errorlist");
        if (!wrong) return location.assign(request.responseURL);
        form.replaceWith(page.querySelector("#" + form.id) || page.querySelector("form"));
        window.scrollTo(0, 0);
      } else end(text.textFailed);
    });
    request.open("POST", form.action || location.href);
    request.send(data);

    function end(words) {
      form.removeAttribute("aria-busy");
      place.replaceChildren();
      say(place, words);
    }
  }

  function box(input) {
    var place = input.parentNode.querySelector(".upload-progress");
    if (!place) {
      place = document.createElement("div");
      place.className = "upload-progress";
      input.after(place);
    }
    place.replaceChildren();
    return place;
  }

  function say(place, words) {
    var status = place.querySelector("[role=status]") || place.appendChild(document.createElement("p"));
    status.setAttribute("role", "status");
    status.textContent = words;
  }
})();
