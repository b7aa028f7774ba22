/* Words that are not saved yet, and codes of facts put in by a click. Without it staff do both by hand. */
(function () {
  "use strict";
  var changed = false;

  function form() { return document.querySelector(".change-form #content-main > form[method=post]:not([target])"); }

  function mark(event) {
    if (form() && form().contains(event.target)) changed = true;
  }
  document.addEventListener("input", mark);
  document.addEventListener("change", mark);

  document.addEventListener("submit", function (event) {
    // A file that is too large stops the sending: then nothing is on its way.
    if (event.target === form() && (!event.defaultPrevented || form().hasAttribute("aria-busy"))) changed = false;
  });

  window.addEventListener("beforeunload", function (event) {
    if (changed) event.preventDefault();
  });

  if (form()) {
    // A form that came back with mistakes is not saved, and neither is one whose upload was stopped.
    changed = Boolean(form().querySelector(".errornote"));
    new MutationObserver(function (seen) {
      seen.forEach(function (mutation) {
        if (mutation.oldValue === "true" && !mutation.target.hasAttribute("aria-busy")) changed = true;
      });
    }).observe(form(), { attributes: true, attributeFilter: ["aria-busy"], attributeOldValue: true });
  }

  // The search boxes that the admin puts over a choice of rows come late and without the name of their field.
  new MutationObserver(function () {
    document.querySelectorAll("select.admin-autocomplete").forEach(function (select) {
      if (!select.labels[0] || !select.nextElementSibling) return;
      select.nextElementSibling.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]").forEach(
        function (box) { box.setAttribute("aria-label", select.labels[0].textContent); });
    });
  }).observe(document.body, { childList: true, subtree: true });

  // The admin's hint beside two lists of rows is an icon with a name.
  window.addEventListener("load", function () {
    document.querySelectorAll(".help-tooltip[aria-label]").forEach(function (icon) { icon.setAttribute("role", "img"); });
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-quote]");
    var text = document.getElementById("id_body");
    if (!button || !text) return;
    text.focus();
    text.setRangeText(button.dataset.quote, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
