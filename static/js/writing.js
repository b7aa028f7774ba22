/* A text in Markdown: buttons over it, and beside it how it will look. Without it people type the signs and press Preview. */
(function () {
  "use strict";
  var BUTTONS = [
    ["heading", "H", "\n## ", ""], ["bold", "B", "**", "**"], ["list", "•", "\n- ", ""], ["steps", "1.", "\n1. ", ""],
    ["attention", "\u275d\ufe0e", "\n> ", ""], ["link", "\u2197\ufe0e", "[", "](https://)"], ["hotline", "\u260e\ufe0e", "[[hotline]]", ""]
  ];

  function wrap(text, before, after) {
    var start = text.selectionStart, end = text.selectionEnd;
    var chosen = text.value.slice(start, end);
    // At the beginning of a line no line break is needed before what begins one.
    if (before[0] === "\n" && (start === 0 || text.value[start - 1] === "\n")) before = before.slice(1);
    if (before.trim() && before.trim().length < 4 && after === "" && chosen.indexOf("\n") >= 0) {
      chosen = chosen.split("\n").join("\n" + before.trim() + " ");
    }
    text.focus();
    text.setRangeText(before + chosen + after, start, end, "end");
    if (!chosen && after) text.selectionStart = text.selectionEnd = start + before.length;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function toolbar(text, words) {
    var bar = document.createElement("div");
    bar.className = "writing-bar";
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", words.bar);
    BUTTONS.forEach(function (given, place) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = given[1];
      button.title = words[given[0]];
      // Whoever speaks to the browser says what they see: "1."
      button.setAttribute("aria-label", (/\d/.test(given[1]) ? given[1] + " " : "") + words[given[0]]);
      button.tabIndex = place ? -1 : 0;
      button.addEventListener("click", function () { wrap(text, given[2], given[3]); });
      bar.append(button);
    });
    bar.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      var all = [].slice.call(bar.children), now = all.indexOf(document.activeElement);
      all[now].tabIndex = -1;
      now = (now + step + all.length) % all.length;
      all[now].tabIndex = 0;
      all[now].focus();
      event.preventDefault();
    });
    text.before(bar);
  }

  function preview(text, form, words) {
    var shown = document.createElement("details"), summary = document.createElement("summary");
    var place = document.createElement("div"), waiting, asked = 0;
    shown.className = "writing-preview";
    summary.textContent = words.preview;
    place.lang = form.dataset.language;
    place.className = "prose";
    shown.append(summary, place);
    text.after(shown);

    function ask() {
      if (!shown.open) return;
      var mine = ++asked, sent = new URLSearchParams();
      sent.set("text", text.value);
      sent.set("language", form.dataset.language);
      sent.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      fetch(form.dataset.render, { method: "POST", body: sent, redirect: "error" })
        .then(function (answer) { return answer.ok ? answer.text() : Promise.reject(answer.status); })
        .then(function (html) { if (mine === asked) place.innerHTML = html; })
        .catch(function () { if (mine === asked) place.textContent = words.offline; });
    }
    text.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(ask, 400); });
    shown.addEventListener("toggle", ask);
    if (window.matchMedia("(min-width: 64em)").matches && text.rows > 15) shown.open = true;
  }

  var words = document.getElementById("writing-words");
  if (words) {
    words = words.dataset;
    document.querySelectorAll("textarea[data-markdown]").forEach(function (text) {
      if (text.disabled) return;
      text.parentNode.classList.add("writing-beside");
      toolbar(text, words);
      preview(text, text.form, words);
    });
  }

  // Whoever leaves with something unsaved is asked first.
  var unsaved = new Set();
  document.addEventListener("input", function (event) {
    if (event.target.form && event.target.closest(".work")) unsaved.add(event.target.form);
  });
  document.addEventListener("submit", function (event) { unsaved.delete(event.target); });
  window.addEventListener("beforeunload", function (event) { if (unsaved.size) event.preventDefault(); });

  // What is marked in a text becomes the quotation of a comment.
  var quote = document.getElementById("comment_quote");
  document.addEventListener("select", function (event) {
    if (!quote || !event.target.matches(".step textarea, .step input[type=text]")) return;
    quote.value = event.target.value.slice(event.target.selectionStart, event.target.selectionEnd).slice(0, 250);
  });
})();
