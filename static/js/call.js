/* The screen of a call: one key for each answer, what is known of the number, drafts kept on the server,
   phones that ring. Without it the same page is a plain form. Nothing is kept in the browser. */
(function () {
  "use strict";
  var KEEP_EVERY = 3000, ASK_RINGS_EVERY = 3000, LOOK_UP_AFTER = 400;
  var form = document.getElementById("call-form");
  if (!form) return;
  document.documentElement.classList.add("with-keys");

  function part(name) { return document.getElementById("part-" + name); }
  function post(address, body, headers) {
    return fetch(address, { method: "POST", headers: headers, body: new URLSearchParams(body), redirect: "error" })
      .then(function (answer) { if (!answer.ok) throw new Error("refused"); return answer; });
  }
  function secret() { return form.elements.csrfmiddlewaretoken.value; }

  /* The timer, from the first key */
  var began = Number(form.dataset.elapsed) ? Date.now() - 1000 * Number(form.dataset.elapsed) : 0;
  var timer = document.getElementById("call-timer");
  function begin(secondsAgo) { if (!began) began = Date.now() - 1000 * (secondsAgo || 0); }
  function elapsed() { return began ? Math.max(1, Math.round((Date.now() - began) / 1000)) : 0; }
  setInterval(function () {
    var seconds = elapsed();
    timer.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }, 500);

  /* Going from question to question */
  var flow = Array.from(form.querySelectorAll("[data-flow]"));
  function enter(section) {
    var first = section.querySelector("input:checked") ||
      section.querySelector(".finder input, input:not([type=hidden]), textarea, select, button.default, summary");
    if (section.tagName === "DETAILS") section.open = true;
    (first || section).focus();
    section.scrollIntoView({ block: "nearest" });
  }
  function onward(section) {
    var later = flow.find(function (each) {
      return section.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING;
    });
    if (later) enter(later);
  }

  function changed(input) { input.dispatchEvent(new Event("change", { bubbles: true })); }
  function choose(section, digit) {
    var boxes = Array.from(section.querySelectorAll(".key input"));
    var none = boxes.find(function (box) { return box.value === "none"; });
    var box = digit === "0" ? none || boxes[9] : boxes.filter(function (each) { return each !== none; })[Number(digit) - 1];
    if (!box) return;
    var many = "many" in section.dataset;
    box.checked = many && box !== none ? !box.checked : true;
    changed(box);
    if (many && box !== none) box.focus();
    else onward(section);
  }

  form.addEventListener("change", function (event) {
    // "Nothing of this" and a sign do not go together.
    var group = event.target.name === "safety" && event.target.checked && part("safety");
    if (!group) return;
    group.querySelectorAll("input").forEach(function (box) {
      if ((box.value === "none") !== (event.target.value === "none")) box.checked = false;
    });
    showScripts();
  });

  function isText(target) {
    return target.tagName === "TEXTAREA" || (target.tagName === "INPUT" && !/^(radio|checkbox|hidden)$/.test(target.type));
  }
  function letterOf(event) { return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3) : ""; }
  function digitOf(event) {
    var match = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
    return match ? match[1] : "";
  }
  function leap(event, letter) {
    if (letter === "J") { event.preventDefault(); document.getElementById("call-help").click(); return; }
    var target = form.querySelector("[data-part='" + letter + "']");
    if (target) { event.preventDefault(); enter(target); }
  }

  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.getElementById("call-save").click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var target = event.target, section = target.closest("[data-part]"), letter = letterOf(event);
    if (!/^(Tab|Shift|Escape)$/.test(event.key)) begin();
    if (target === phone) { inNumber(event, letter); return; }
    if (event.key === "Escape" && isText(target) && section) {
      event.preventDefault();
      section.focus();
      return;
    }
    if (isText(target)) {
      if (event.key === "Enter" && target.tagName === "INPUT") {
        event.preventDefault();
        if (section && section.classList.contains("typed")) return;
        if (section) onward(section);
      }
      return;
    }
    if (target.tagName === "SELECT" || target.tagName === "BUTTON" || target.tagName === "SUMMARY") {
      if (event.key === "Enter" && target.tagName === "SELECT") { event.preventDefault(); onward(section); }
      if (target.tagName !== "SELECT" && event.key === "?") { event.preventDefault(); sheet.showModal(); }
      if (target.tagName !== "SELECT" && letter) leap(event, letter);
      return;
    }
    event.stopPropagation(); // the letters of the staff pages mean something else
    if (event.key === "?") { event.preventDefault(); sheet.showModal(); return; }
    if (event.key === "Enter") { event.preventDefault(); onward(section); return; }
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      section.querySelectorAll("input:checked").forEach(function (box) { box.checked = false; changed(box); });
      return;
    }
    var digit = digitOf(event);
    if (digit && section.classList.contains("keyed")) { event.preventDefault(); choose(section, digit); return; }
    if (letter) leap(event, letter);
  });

  // A click on an answer is an answer like a key, without leading on.
  form.addEventListener("pointerdown", function () { begin(); });

  /* The number: what is known of it */
  var phone = form.elements.phone, name = form.elements.caller_name, known = document.getElementById("known");
  var asked = "", waiting;
  function lookUp() {
    clearTimeout(waiting);
    var question = phone.value.trim() + "\n" + name.value.trim();
    if (question === asked) return;
    asked = question;
    if (phone.value.replace(/\D/g, "").length < 5 && name.value.trim().length < 3) { known.replaceChildren(); return; }
    post(form.dataset.known, { csrfmiddlewaretoken: secret(), phone: phone.value, caller_name: name.value })
      .then(function (answer) { return answer.text(); })
      .then(function (page) { if (question === asked) showKnown(page); })
      .catch(function () { asked = ""; });
  }
  function showKnown(page) {
    var found = new DOMParser().parseFromString(page, "text/html");
    known.replaceChildren.apply(known, found.body.childNodes);
    showGoOn();
  }
  function showGoOn() { known.querySelectorAll(".go-on").forEach(function (button) { button.hidden = false; }); }
  showGoOn();
  [phone, name].forEach(function (box) {
    box.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(lookUp, LOOK_UP_AFTER); });
    box.addEventListener("change", lookUp);
  });
  function goOnFrom(button) {
    form.elements.earlier.value = button.dataset.earlier;
    ["language", "group", "relation", "sex", "citizenship"].forEach(function (question) {
      var answer = button.dataset[question];
      var box = answer && form.querySelector("[name=" + question + "][value='" + answer + "']");
      if (box) { box.checked = true; changed(box); }
      else if (question === "citizenship" && answer) form.elements.other_citizenship.value = answer;
    });
    known.querySelectorAll(".go-on").forEach(function (each) { each.classList.toggle("is-chosen", each === button); });
    enter(part("topics"));
  }
  known.addEventListener("click", function (event) {
    var button = event.target.closest(".go-on");
    if (button) goOnFrom(button);
  });
  function inNumber(event, letter) {
    if (event.key === "Enter") {
      event.preventDefault();
      if (!phone.value.trim() && rings.length) take(rings[0].id);
      else { lookUp(); onward(part("phone")); }
    } else if (event.key === "Escape") {
      event.preventDefault();
      part("phone").focus();
    } else if (event.key === "?") {
      event.preventDefault();
      sheet.showModal();
    } else if (letter && !event.shiftKey) {
      event.preventDefault();
      var kind = form.querySelector(".kind[data-key='" + letter + "']");
      var newest = letter === "E" && known.querySelector(".go-on");
      if (kind) kind.click();
      else if (newest) goOnFrom(newest);
      else if (letter !== "E") leap(event, letter);
    }
  }

  /* Phones that ring */
  var rings = [], unheard = 0, bar = document.getElementById("ringing");
  function showRings(found) {
    var now = found.map(function (each) { return each.id; }).join();
    if (now === bar.dataset.shown) return;
    bar.dataset.shown = now;
    rings = found;
    bar.replaceChildren();
    bar.hidden = !found.length;
    found.forEach(function (each, place) {
      var line = document.createElement("p");
      line.append(form.dataset.rings + " ", Object.assign(document.createElement("strong"), { textContent: each.number }));
      if (each.line) line.append(" → " + each.line);
      var button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      if (!place) button.append(Object.assign(document.createElement("kbd"), { textContent: "Enter" }), " ");
      button.append(form.dataset.takeIt);
      button.addEventListener("click", function () { take(each.id); });
      line.append(" ", button);
      bar.append(line);
    });
  }
  function askRings() {
    if (document.hidden) return;
    // Asking is no sign that somebody is there: it keeps no session alive.
    post(form.dataset.ringing, { csrfmiddlewaretoken: secret() }, { "X-By-Itself": "1" })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) { unheard = 0; showRings(answer.rings); })
      .catch(function () {
        unheard += 1;
        if (unheard === 3 && !isNew) sayKept(form.dataset.lost, true);
      });
  }
  function take(number) {
    post(form.dataset.take, { csrfmiddlewaretoken: secret(), ring: number })
      .then(function (answer) { return answer.json(); })
      .then(function (taken) {
        showRings([]);
        if (taken.gone) { known.replaceChildren(Object.assign(document.createElement("p"), { textContent: taken.gone })); return; }
        phone.value = taken.phone;
        if (taken.line && form.elements.line) form.elements.line.value = taken.line;
        begin(taken.seconds);
        asked = phone.value.trim() + "\n" + name.value.trim();
        showKnown(taken.known);
        touch();
        onward(part("phone"));
      })
      .catch(function () {});
  }
  setInterval(askRings, ASK_RINGS_EVERY);
  askRings();

  /* Topics and booklets: found by two letters */
  var CYRILLIC = { "ё": "е", "қ": "к", "ғ": "г", "ң": "н", "ү": "у", "ұ": "у", "һ": "х", "ә": "а", "і": "и", "ө": "о", "ҷ": "ч", "ӣ": "и", "ӯ": "у", "ҳ": "х", "ў": "у" };
  function plain(text) {
    return text.toLowerCase().normalize("NFKD").replace(/[\u0300-\u036fʻʼ'‘’]/g, "")
      .replace(/[ёқғңүұһәіөҷӣӯҳў]/g, function (letter) { return CYRILLIC[letter]; });
  }
  form.querySelectorAll("fieldset.typed").forEach(function (section) {
    var finder = section.querySelector(".finder"), box = finder.querySelector("input"), list = finder.querySelector("ul");
    var rows = Array.from(section.querySelectorAll(".row")), found = [], place = 0;
    finder.hidden = false;
    section.classList.add("is-found");
    var words = rows.map(function (row) {
      return row.dataset.words.split("|").map(plain).join(" | ");
    });

    function candidates() {
      var typed = plain(box.value.trim());
      if (typed.length < 2) return section.id === "part-booklets" && !typed ? ofTopics() : [];
      var starts = rows.filter(function (row, index) { return (" " + words[index]).includes(" " + typed); });
      return starts.slice(0, 6);
    }
    function ofTopics() {
      var topics = Array.from(form.querySelectorAll("[name=topics]:checked")).map(function (each) { return each.value; });
      return rows.filter(function (row) {
        return !row.querySelector("input").checked &&
          (row.dataset.topics || "").split(" ").some(function (topic) { return topics.includes(topic); });
      }).slice(0, 6);
    }
    function show() {
      found = document.activeElement === box ? candidates() : [];
      place = Math.min(place, Math.max(found.length - 1, 0));
      list.replaceChildren.apply(list, found.map(function (row, index) {
        var option = document.createElement("li");
        option.id = list.id + "-" + index;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", String(index === place));
        option.textContent = row.textContent.trim();
        option.addEventListener("mousedown", function (event) { event.preventDefault(); pick(row); });
        return option;
      }));
      if (!found.length && box.value.trim().length > 1) {
        list.append(Object.assign(document.createElement("li"), { textContent: form.dataset.nothing, className: "quiet" }));
      }
      box.setAttribute("aria-expanded", String(found.length > 0));
      if (found.length) box.setAttribute("aria-activedescendant", list.id + "-" + place);
      else box.removeAttribute("aria-activedescendant");
    }
    function pick(row) {
      var input = row.querySelector("input");
      input.checked = true;
      changed(input);
      box.value = "";
      place = 0;
      show();
    }
    box.addEventListener("input", function () { place = 0; show(); });
    box.addEventListener("focus", show);
    box.addEventListener("blur", show);
    box.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        place = (place + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(found.length, 1);
        show();
      } else if (event.key === "Enter") {
        if (found.length && (box.value || section.id === "part-booklets")) pick(found[place]);
        else if (!box.value) onward(section);
      } else if (event.key === "Tab" && !event.shiftKey && box.value && found.length) {
        event.preventDefault();
        pick(found[place]);
        onward(section);
      } else if (event.key === "Backspace" && !box.value) {
        var last = rows.filter(function (row) { return row.querySelector("input").checked; }).pop();
        if (last) { last.querySelector("input").checked = false; changed(last.querySelector("input")); show(); }
      }
    });
    section.addEventListener("change", mark);
    function mark() {
      rows.forEach(function (row) {
        var is = row.querySelector("input").checked;
        row.classList.toggle("is-chosen", is);
        if (row.dataset.code) showSending(row, is);
      });
    }
    mark();
  });

  /* A booklet that was chosen can be sent at once */
  function language() {
    var chosen = form.querySelector("[name=language]:checked");
    return chosen && chosen.value !== "other" ? chosen.value : "ru";
  }
  function textOf(row) {
    var titles = JSON.parse(row.dataset.titles), code = language();
    if (!titles[code]) code = titles.ru ? "ru" : Object.keys(titles)[0];
    return { title: titles[code] || row.dataset.code, link: form.dataset.origin + "/" + (code || "ru") + row.dataset.path };
  }
  function showSending(row, is) {
    var old = row.nextElementSibling;
    if (old && old.classList.contains("sending")) old.remove();
    if (!is) return;
    var ready = textOf(row), line = document.createElement("p");
    line.className = "sending";
    var copy = Object.assign(document.createElement("button"), { type: "button", textContent: form.dataset.copy });
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(ready.title + "\n" + ready.link).then(function () { copy.textContent = form.dataset.copied; });
    });
    line.append(Object.assign(document.createElement("span"), { textContent: ready.title }), copy,
      away("WhatsApp", "https://wa.me/?text=" + encodeURIComponent(ready.title + " " + ready.link)),
      away("Telegram", "https://t.me/share/url?url=" + encodeURIComponent(ready.link) + "&text=" + encodeURIComponent(ready.title)));
    row.after(line);
  }
  function away(words, address) {
    return Object.assign(document.createElement("a"), { textContent: words, href: address, target: "_blank", rel: "noopener noreferrer" });
  }

  /* Words to say: in the caller's language with Russian beside, and only those that are needed now */
  function showScripts() {
    var code = language(), signs = Array.from(form.querySelectorAll("[name=safety]:checked")).map(function (box) { return box.value; });
    var relation = form.querySelector("[name=relation]:checked");
    if (relation && relation.value !== "self") signs.push("relative");
    if (signs.includes("cannot_speak")) signs.push("can_speak");
    document.querySelectorAll(".script").forEach(function (script) {
      var when = script.dataset.when;
      script.hidden = when !== "always" && !signs.includes(when);
      script.classList.toggle("is-now", when !== "always" && !script.hidden);
      var texts = Array.from(script.querySelectorAll(".script-text"));
      var has = texts.some(function (text) { return text.dataset.language === code; });
      texts.forEach(function (text) {
        text.hidden = text.dataset.language !== code && text.dataset.language !== "ru";
        text.classList.toggle("is-beside", has && code !== "ru" && text.dataset.language === "ru");
      });
    });
  }
  form.addEventListener("change", function (event) {
    if (/^(language|relation|safety)$/.test(event.target.name)) showScripts();
    if (event.target.name === "language") {
      form.querySelectorAll(".row.is-chosen[data-code]").forEach(function (row) { showSending(row, true); });
    }
  });
  showScripts();

  /* Drafts: kept on the server while one types, and once more when the page goes */
  var kept = document.getElementById("call-kept"), isNew = false, isSent = false;
  function touch() { isNew = true; }
  form.addEventListener("input", touch);
  form.addEventListener("change", touch);
  function answers() {
    var data = new FormData(form);
    data.set("elapsed", elapsed());
    return data;
  }
  function sayKept(words, isWrong) {
    kept.textContent = words;
    kept.classList.toggle("is-wrong", isWrong);
  }
  function keep() {
    if (!isNew || isSent) return;
    isNew = false;
    post(form.dataset.draft, answers())
      .then(function (answer) { return answer.json(); })
      .then(function (answer) { sayKept(answer.kept && form.dataset.kept + " " + answer.kept, false); })
      .catch(function () { isNew = true; sayKept(form.dataset.notKept, true); });
  }
  setInterval(keep, KEEP_EVERY);
  addEventListener("pagehide", function () {
    if (isNew && !isSent) fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(answers()), keepalive: true });
  });

  /* Sent once */
  form.addEventListener("submit", function (event) {
    if (isSent) { event.preventDefault(); return; }
    isSent = true;
    form.elements.elapsed.value = elapsed();
    setTimeout(function () { isSent = false; }, 10000); // the line was cut: it may be sent again
  });
  addEventListener("pageshow", function () { isSent = false; });

  var sheet = document.getElementById("call-keys"), opener = document.getElementById("open-call-keys");
  opener.hidden = false;
  opener.addEventListener("click", function () { sheet.showModal(); });

  // First what was left unfinished; N leads past it to the new call.
  var unfinished = document.querySelector(".unfinished");
  if (!unfinished || began) phone.focus();
  else unfinished.querySelector("button").focus();
  if (unfinished) unfinished.addEventListener("keydown", function (event) {
    if (letterOf(event) === "N") { event.preventDefault(); event.stopPropagation(); phone.focus(); }
  });
})();
