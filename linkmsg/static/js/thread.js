import { announce, arrive } from "./arrive.js";

const places = new WeakMap();
const messages = (log) => [...log.querySelectorAll('[id^="message-"]')];
const lastSeq = (log) => Number(messages(log).at(-1)?.dataset.seq ?? 0);

arrive(".log .marked", (message) => message.scrollIntoView({ block: "center" }));
arrive(".log > ol", (log) => { log.dataset.told = lastSeq(log); });

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const log = document.querySelector(".log");
  const first = log && !isAtNewest(log) && firstInView(log);
  if (first) places.set(ctx, { id: first.id, top: first.getBoundingClientRect().top });
});

// A reversed box keeps its place when something is added above, not when something is added below.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const place = places.get(ctx);
  const message = place && document.getElementById(place.id);
  const moved = message ? message.getBoundingClientRect().top - place.top : 0;
  if (Math.abs(moved) >= 1) message.closest(".log").scrollTop += moved;
  tell();
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    const link = ctx?.sourceElement;
    if (link?.matches('[id^="older-"] a, [id^="later-"] a') && ctx.sourceEvent.type === "click") location.assign(link.href);
  });
}

for (const name of ["online", "pageshow"]) window.addEventListener(name, catchUp);
document.addEventListener("visibilitychange", catchUp);
setInterval(catchUp, 15000);

function catchUp({ type, persisted } = {}) {
  const isFirst = type === "pageshow" && !persisted && performance.getEntriesByType("navigation")[0]?.type !== "back_forward";
  if (document.visibilityState !== "visible" || !navigator.onLine || isFirst) return;
  document.body.dispatchEvent(new CustomEvent("catch-up"));
}

/** The newest is loaded and the reader is at it: there the log follows. (Reversed: 0 is the end.) */
function isAtNewest(log) {
  return log.scrollTop > -2 && !log.querySelector('ol[id$="-past"]');
}

function firstInView(log) {
  const { top } = log.getBoundingClientRect();
  return messages(log).find((message) => message.getBoundingClientRect().bottom > top);
}

function tell() {
  const log = document.querySelector('.log > ol:not([id$="-past"])');
  if (!log) return;
  const fresh = messages(log).filter((message) => Number(message.dataset.seq) > Number(log.dataset.told) && message.matches(".msg:not(.own)"));
  log.dataset.told = lastSeq(log);
  if (fresh.length > 1) announce(`${fresh.length} new messages`);
  else if (fresh.length) announce([".name", ".text"].map((part) => fresh[0].querySelector(part)?.textContent.trim()).filter(Boolean).join(": "));
}
