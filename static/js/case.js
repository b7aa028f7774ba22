/* The case's page: who else has it open and whether there is news, words that are not sent yet, Ctrl+Enter.
   Without it the page does the same on reload. */
(function () {
  "use strict";
  var EVERY = 30000; // between two signs of life
  var ASLEEP = 5 * 60000; // without a key or a touch for so long, the page no longer says that it is open
  var page = document.querySelector("#content-main.case");
  var alive = document.getElementById("alive");
  if (!page || !alive) return;

  var touched = Date.now();
  ["keydown", "pointerdown", "scroll"].forEach(function (what) {
    addEventListener(what, function () { touched = Date.now(); }, { passive: true });
  });

  function say(answer) {
    var line = document.getElementById("others");
    var words = answer.others;
    if (line.textContent.trim() !== words) line.textContent = words;
    if (answer.stamp === page.dataset.stamp || page.querySelector(".news")) return;
    var news = document.createElement("p");
    news.className = "news";
    news.setAttribute("role", "status");
    news.textContent = alive.dataset.news + " ";
    var load = document.createElement("a");
    load.href = location.pathname.replace(/[a-z_]+\/$/, "change/") + "#newest";
    load.textContent = alive.dataset.load;
    // The same page with another anchor would only scroll.
    load.addEventListener("click", function (event) {
      if (location.pathname === load.pathname && !location.search) { event.preventDefault(); location.hash = "newest"; location.reload(); }
    });
    news.append(load);
    page.prepend(news);
  }

  setInterval(function () {
    if (document.hidden || Date.now() - touched > ASLEEP) return;
    // Whoever writes is there; a page that only lies open keeps no session alive (shared/sessions.py).
    var alone = Date.now() - touched > EVERY ? { "X-By-Itself": "1" } : {};
    fetch(alive.action, { method: "POST", headers: alone, body: new URLSearchParams(new FormData(alive)), redirect: "error" })
      .then(function (response) { return response.ok ? response.json() : null; })
      .then(function (answer) { if (answer) say(answer); })
      .catch(function () {});
  }, EVERY);

  // Words that are not sent yet
  var form = page.querySelector("form.keeps-words");
  if (form) {
    var changed = Boolean(form.querySelector(".errornote")) || Boolean(form.querySelector("textarea").value);
    form.addEventListener("input", function () { changed = true; });
    form.addEventListener("submit", function () { changed = false; });
    addEventListener("beforeunload", function (event) { if (changed) event.preventDefault(); });
    form.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".compose-send button"));
    });
    // A day that is chosen means "on this day".
    var day = form.querySelector("[type=date]");
    var onDay = form.querySelector("[name$=-due][value=day]");
    if (day && onDay) day.addEventListener("change", function () { onDay.checked = true; });
  }

  // A click more is never two acts.
  page.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "1";
    setTimeout(function () { delete event.target.dataset.sent; }, 5000);
  });
  addEventListener("pageshow", function () {
    page.querySelectorAll("form").forEach(function (each) { delete each.dataset.sent; });
  });
})();
