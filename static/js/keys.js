/* Keyboard shortcuts of the staff pages. Which ones there are stands in the sheet itself; "?" opens it. */
(function () {
  "use strict";
  var sheet = document.getElementById("keys");
  var opener = document.querySelector(".keys-open");
  if (!sheet || !sheet.showModal) return;
  opener.hidden = false;
  opener.addEventListener("click", function () { sheet.showModal(); });

  var before = "";
  var forget;

  function isTyping(target) {
    return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName);
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
      var save = document.querySelector("[name=_continue], [name=_save], .submit-row button[type=submit]");
      if (save) { event.preventDefault(); save.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || sheet.open) return;
    if (event.key === "?") { event.preventDefault(); sheet.showModal(); return; }
    var box = document.getElementById("find-words");
    if (event.key === "/" && box) { event.preventDefault(); box.focus(); return; }
    // By the place of the key, so that it works with a Russian or Kazakh layout, too.
    var key = /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
    var link = before && key && sheet.querySelector("[data-keys='" + before + " " + key + "']");
    if (link) { event.preventDefault(); location.assign(link.href); }
    before = key;
    clearTimeout(forget);
    forget = setTimeout(function () { before = ""; }, 1200);
  });
})();
