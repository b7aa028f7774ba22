/* Booklets that were read once can be read again without a network.
   Network first: the law may have changed since yesterday. What comes from here says when it was saved.
   Kept: booklets and the page that says there is no network. Never: help, hotline forms, staff, previews.
   The kill switch: /sw.js answering with an empty VERSION makes every phone forget all of it. */
"use strict";
const VERSION = "{{version}}";
const CSS = "{{css}}";
const LOOK = "portal-look-" + VERSION;
const PAGES = "portal-pages-1";
// Whatever look a page was saved with, it is shown in today's.
const ANY_CSS = /^\/static\/css\/portal(\.[0-9a-f]+)?\.css$/;
const LANGUAGES = "kk|ru|uz|uz-cyrl|ky|tg|en";
const BOOKLET = new RegExp("^/(" + LANGUAGES + ")/library/[-a-z0-9]+/$");
const OFFLINE = new RegExp("^/(" + LANGUAGES + ")/");
const KEEP_DAYS = 60;
const MOST = 60;

self.addEventListener("install", (event) => {
  if (VERSION) event.waitUntil(caches.open(LOOK).then((cache) => cache.add(CSS)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (!VERSION || (name !== LOOK && name !== PAGES)) await caches.delete(name);
    }
    if (!VERSION) await self.registration.unregister();
    else await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (!VERSION || event.request.method !== "GET" || url.origin !== location.origin) return;
  if (ANY_CSS.test(url.pathname)) {
    event.respondWith(caches.match(CSS).then((kept) => kept || fetch(event.request)));
  } else if (event.request.mode === "navigate" && BOOKLET.test(url.pathname)) {
    event.respondWith(read(event.request, url));
  } else if (event.request.mode === "navigate" && OFFLINE.test(url.pathname)) {
    event.respondWith(fetch(event.request).catch(() => noNetwork(url)));
  }
});

async function read(request, url) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(cache, url, answer.clone());
    else if (answer.status === 404 || answer.status === 410) await cache.delete(url.pathname);
    return answer;
  } catch {
    const kept = await cache.match(url.pathname);
    if (kept && !isOld(kept)) return savedCopy(kept);
    return noNetwork(url);
  }
}

async function keep(cache, url, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Saved-At", new Date().toISOString());
  await cache.put(url.pathname, new Response(await answer.blob(), { headers }));
  const offline = url.pathname.replace(/^(\/[^/]+\/).*/, "$1offline/");
  if (!(await cache.match(offline))) await cache.add(offline).catch(() => {});
  const pages = (await cache.keys()).filter((key) => BOOKLET.test(new URL(key.url).pathname));
  for (const old of pages.slice(0, Math.max(0, pages.length - MOST))) await cache.delete(old);
}

function isOld(kept) {
  return Date.now() - Date.parse(kept.headers.get("X-Saved-At")) > KEEP_DAYS * 86400000;
}

/* The page carries a hidden line "saved on DATE, there is no network now"; here it is filled in and shown. */
async function savedCopy(kept) {
  const day = kept.headers.get("X-Saved-At").slice(0, 10).split("-").reverse().join(".");
  const html = (await kept.text())
    .replace('id="saved" hidden', 'id="saved"')
    .replace('id="saved-on"></', 'id="saved-on">' + day + "</");
  return new Response(html, { headers: kept.headers });
}

async function noNetwork(url) {
  const language = url.pathname.split("/")[1];
  return (await caches.match("/" + language + "/offline/")) || Response.error();
}
