import { announce, arrive, isLookedAt } from "./arrive.js";

const places = new WeakMap();
const messages = (log) => [...log.querySelectorAll('[id^="message-"]')];
const lastSeq = (log) => Number(messages(log).at(-1)?.dataset.seq ?? 0);
const jump = () => document.querySelector("#thread .jump");

arrive(".log .marked", (message) => {
  message.scrollIntoView({ block: "center" });
  message.focus({ preventScroll: true });
});
arrive(".log > ol", (log) => {
  log.dataset.told = lastSeq(log);
  log.parentNode.addEventListener("scroll", ({ target }) => count(isAtNewest(target) ? 0 : undefined), { passive: true });
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const log = document.querySelector(".log");
  const first = log && !isAtNewest(log) && firstInView(log);
  if (first) places.set(ctx, { id: first.id, top: first.getBoundingClientRect().top });
  const past = log?.querySelector('ol[id$="-past"]');
  const missing = past && tasks.find(({ target }) => target === `#${past.id.replace("-past", "")}`);
  if (missing) count(newIn(missing.fragment, past));
});

// A reversed box keeps its place when something is added above, not when something is added below.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const place = places.get(ctx);
  const message = place && document.getElementById(place.id);
  const moved = message ? message.getBoundingClientRect().top - place.top : 0;
  if (Math.abs(moved) >= 1) message.closest(".log").scrollTop += moved;
  catchUpWithNow();
  tell(Boolean(place));
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    const link = ctx?.sourceElement;
    if (link?.matches('[id^="older-"] a, [id^="later-"] a') && ctx.sourceEvent.type === "click") location.assign(link.href);
  });
}

document.addEventListener("click", (event) => {
  const log = event.target.closest(".jump") && document.querySelector('.log:not(:has(> ol[id$="-past"]))');
  if (!log) return;
  event.preventDefault();
  log.scrollTop = 0;
  log.focus({ preventScroll: true });
});

/** The newest is loaded and the reader is about there: then the log follows. (Reversed: 0 is the end.) */
function isAtNewest(log) {
  return log.scrollTop > -40 && !log.querySelector('ol[id$="-past"]');
}

function firstInView(log) {
  const { top } = log.getBoundingClientRect();
  return messages(log).find((message) => message.getBoundingClientRect().bottom > top);
}

/** A log that was opened in the past and is read to its end is a log like any other. */
function catchUpWithNow() {
  const past = document.querySelector('.log > ol[id$="-past"]:not(:has(> [id^="later-"]))');
  if (!past) return;
  past.id = past.id.replace("-past", "");
  past.dataset.told = lastSeq(past);
  count(0);
  htmx.trigger(document.querySelector('#thread [id^="after-"]'), "catch-up", {}, false);
}

function newIn(messagesIn, log) {
  const fresh = [...messagesIn.querySelectorAll(".msg:not(.own)")].filter(({ dataset }) => Number(dataset.seq) > Number(log.dataset.told));
  log.dataset.told = Math.max(log.dataset.told, ...fresh.map(({ dataset }) => dataset.seq));
  return Number(jump()?.dataset.count ?? 0) + fresh.length;
}

function count(number = Number(jump()?.dataset.count ?? 0)) {
  const button = jump();
  const log = document.querySelector(".log");
  if (!button) return;
  button.dataset.count = number;
  button.hidden = !number && log.scrollTop > -log.clientHeight && !log.querySelector('ol[id$="-past"]');
  button.textContent = number ? `${number} new message${number === 1 ? "" : "s"}` : "Newest messages";
}

function tell(isAway) {
  const log = document.querySelector('.log > ol:not([id$="-past"])');
  if (!log) return;
  const fresh = messages(log).filter((message) => Number(message.dataset.seq) > Number(log.dataset.told) && message.matches(".msg:not(.own)"));
  const isLonger = lastSeq(log) > Number(log.dataset.told);
  log.dataset.told = lastSeq(log);
  if (isLonger && !isAway) log.parentNode.scrollTop = 0;
  if (fresh.length && (isAway || !isLookedAt())) draw(log);
  if (isAway && fresh.length) count(Number(jump().dataset.count ?? 0) + fresh.length);
  if (fresh.length > 1) announce(`${fresh.length} new messages`);
  else if (fresh.length) announce([...[".name", ".text"].map((part) => fresh[0].querySelector(part)?.textContent.trim()), fresh[0].dataset.attached].filter(Boolean).join(": "));
}

/** As a page that is fetched now would have it: above the first that was not read. */
function draw(log) {
  const { read } = document.querySelector("form[id^='reader-']")?.dataset ?? {};
  const first = messages(log).find((message) => Number(message.dataset.seq) > Number(read) && message.matches(".msg:not(.own)"));
  if (!first) return;
  const line = log.querySelector(".new-line") ?? document.createElement("li");
  Object.assign(line, { id: log.id.replace("log", "new"), className: "new-line", textContent: "New" });
  line.dataset.seq = first.dataset.seq;
  if (first.previousElementSibling !== line) first.before(line);
}
