// Keeps the place in the log when messages arrive, counts and announces new ones.
import { announce, isPageActive, onInsert, onRequestError } from "../shell/page.js";

const places = new WeakMap();
const timers = new WeakMap();
const messages = (log) => [...log.querySelectorAll('[id^="message-"]')];
const lastSeq = (log) => Number(messages(log).at(-1)?.dataset.seq ?? 0);
const jumpButton = () => document.querySelector("#thread .jump");

onInsert(".log .marked", (message) => {
  message.scrollIntoView({ block: "center" });
  message.focus({ preventScroll: true });
});
onInsert(".log > ol", (log) => {
  log.dataset.last = lastSeq(log);
  log.parentNode.addEventListener("scroll", ({ target }) => showCount(isAtNewest(target) ? 0 : undefined), { passive: true });
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const log = document.querySelector(".log");
  // A message that a search has found is shown instead.
  const isOpened = tasks.some(({ fragment }) => fragment?.querySelector(".marked"));
  const first = log && !isOpened && !isAtNewest(log) && firstInView(log);
  if (first) places.set(ctx, { id: first.id, top: first.getBoundingClientRect().top });
  const past = log?.querySelector('ol[id$="-past"]');
  const missing = past && tasks.find(({ target }) => target === `#${past.id.replace("-past", "")}`);
  if (missing) showCount(countNew(missing.fragment, past));
});

// A reversed scroller keeps its place when something is added above, but not below.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const place = places.get(ctx);
  const message = place && document.getElementById(place.id);
  const moved = message ? message.getBoundingClientRect().top - place.top : 0;
  if (Math.abs(moved) >= 1) message.closest(".log").scrollTop += moved;
  leavePast();
  announceNew(Boolean(place));
});

// "Bo is typing…" disappears five seconds after its last notice.
document.addEventListener("htmx:before:settle", ({ target }) => {
  if (!target.matches?.("[id^='typing-'], .typing")) return;
  clearTimeout(timers.get(target));
  if (target.firstChild) timers.set(target, setTimeout(() => target.replaceChildren(), 5000));
});

onRequestError((ctx) => {
  const link = ctx?.sourceElement;
  if (link?.matches('[id^="older-"] a, [id^="later-"] a') && ctx.sourceEvent.type === "click") location.assign(link.href);
});

document.addEventListener("click", (event) => {
  const log = event.target.closest(".jump") && document.querySelector('.log:not(:has(> ol[id$="-past"]))');
  if (!log) return;
  event.preventDefault();
  log.scrollTop = 0;
  log.focus({ preventScroll: true });
});

/** Whether the log follows new messages. It is reversed: 0 is the end. */
function isAtNewest(log) {
  return log.scrollTop > -40 && !log.querySelector('ol[id$="-past"]');
}

function firstInView(log) {
  const { top } = log.getBoundingClientRect();
  return messages(log).find((message) => message.getBoundingClientRect().bottom > top);
}

/** A log that was opened at an old message becomes a normal log when its end is loaded. */
function leavePast() {
  const past = document.querySelector('.log > ol[id$="-past"]:not(:has(> [id^="later-"]))');
  if (!past) return;
  past.id = past.id.replace("-past", "");
  past.dataset.last = lastSeq(past);
  showCount(0);
  htmx.trigger(document.querySelector('#thread [id^="after-"]'), "catch-up", {}, false);
}

function countNew(fragment, log) {
  const fresh = [...fragment.querySelectorAll(".msg:not(.own)")].filter(({ dataset }) => Number(dataset.seq) > Number(log.dataset.last));
  log.dataset.last = Math.max(log.dataset.last, ...fresh.map(({ dataset }) => dataset.seq));
  return Number(jumpButton()?.dataset.count ?? 0) + fresh.length;
}

function showCount(number = Number(jumpButton()?.dataset.count ?? 0)) {
  const button = jumpButton();
  const log = document.querySelector(".log");
  if (!button) return;
  button.dataset.count = number;
  button.hidden = !number && log.scrollTop > -log.clientHeight && !log.querySelector('ol[id$="-past"]');
  button.lastChild.textContent = number ? `${number} new message${number === 1 ? "" : "s"}` : "Newest messages";
}

function announceNew(isAway) {
  const log = document.querySelector('.log > ol:not([id$="-past"])');
  if (!log) return;
  const fresh = messages(log).filter((message) => Number(message.dataset.seq) > Number(log.dataset.last) && message.matches(".msg:not(.own)"));
  const isLonger = lastSeq(log) > Number(log.dataset.last);
  log.dataset.last = lastSeq(log);
  if (isLonger && !isAway) log.parentNode.scrollTop = 0;
  if (fresh.length && (isAway || !isPageActive())) drawNewLine(log);
  if (isAway && fresh.length) showCount(Number(jumpButton().dataset.count ?? 0) + fresh.length);
  if (fresh.length > 1) announce(`${fresh.length} new messages`);
  else if (fresh.length) announce([...[".name", ".text"].map((part) => fresh[0].querySelector(part)?.textContent.trim()), fresh[0].dataset.attached].filter(Boolean).join(": "));
}

/** Above the first unread message, where the server draws it too. */
function drawNewLine(log) {
  const { read } = document.querySelector("form[data-read]")?.dataset ?? {};
  const first = messages(log).find((message) => Number(message.dataset.seq) > Number(read) && message.matches(".msg:not(.own)"));
  if (!first) return;
  const line = log.querySelector(".new-line") ?? document.createElement("li");
  Object.assign(line, { id: log.id.replace("log", "new"), className: "new-line", textContent: "New" });
  line.dataset.seq = first.dataset.seq;
  if (first.previousElementSibling !== line) first.before(line);
}
