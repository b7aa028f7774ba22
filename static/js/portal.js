// Conveniences only: every page is complete without this file.
(function () {
  "use strict";

  // Leaving fast: Shift three times within two seconds does what the link in the header does.
  var pressed = [];
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift") {
      pressed = [];
      return;
    }
    pressed.push(Date.now());
    pressed = pressed.slice(-3);
    if (pressed.length === 3 && pressed[2] - pressed[0] < 2000) leave();
  });
  document.querySelectorAll(".leave").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
  });
  // Replacing keeps the page out of the Back button.
  function leave() {
    document.documentElement.hidden = true;
    location.replace("/exit/");
  }

  // The phone's own share sheet, where there is one.
  document.querySelectorAll("[data-share]").forEach(function (button) {
    if (!navigator.share) return;
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.share({ title: button.dataset.title, url: button.dataset.share }).catch(function () {});
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      window.print();
    });
  });

  // The menu closes when one taps beside it or presses Escape.
  var menu = document.querySelector(".menu");
  document.addEventListener("click", function (event) {
    if (menu && menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && menu && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  var mistakes = document.querySelector(".error-summary");
  if (mistakes) mistakes.focus();

  // What took minutes to write is not sent into a dead line: it stays on the page, with a word beside it.
  document.querySelectorAll("form[data-no-line]").forEach(function (form) {
    var asking = false;
    form.addEventListener("submit", function (event) {
      if (form.hasAttribute("data-sent") || !form.requestSubmit || !window.AbortController) return;
      event.preventDefault();
      if (asking) return;
      asking = true;
      var limit = new AbortController();
      var clock = setTimeout(function () { limit.abort(); }, 12000);
      fetch("/healthz", { cache: "no-store", signal: limit.signal }).then(function (answer) {
        if (!answer.ok) throw answer;
        form.setAttribute("data-sent", "");
        form.requestSubmit(event.submitter);
        form.removeAttribute("data-sent");
      }).catch(function () {
        var word = form.querySelector(".no-line") || document.createElement("p");
        word.className = "warn no-line";
        word.setAttribute("role", "alert");
        word.textContent = form.dataset.noLine;
        form.appendChild(word);
      }).then(function () {
        clearTimeout(clock);
        asking = false;
      });
    });
  });

  // Reading again without a network: only pages that ask for it bring the worker.
  var worker = document.currentScript && document.currentScript.dataset.worker;
  if (worker && "serviceWorker" in navigator) {
    window.addEventListener("load", function () {
      navigator.serviceWorker.register(worker).catch(function () {});
    });
  }
})();
