/* The sign-in pages: print, show a password, and take a start code from the part of a link that no server sees. */
(function () {
  "use strict";
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  var code = document.getElementById("id_code");
  var given = location.hash.slice(1);
  if (code && /^\d{20}$/.test(given)) {
    code.value = given.replace(/(\d{4})(?=\d)/g, "$1 ");
    // Not in the history of the browser either.
    history.replaceState(null, "", location.pathname + location.search);
    var name = document.getElementById("id_username");
    if (name) name.focus();
  }
})();
