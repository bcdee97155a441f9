// What was seen to its end is read.
import { arrive, isLookedAt } from "./arrive.js";

let ends;

arrive("form[id^='reader-']", watch);
window.addEventListener("focus", watch);
document.addEventListener("visibilitychange", watch);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // A refused reading is tried again after the next catch-up, not at once.
  if (!isReader(ctx)) watch();
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (isReader(ctx)) ctx.sourceElement.dataset.read = ctx.sourceElement.dataset.was;
  });
}

function isReader(ctx) {
  return ctx?.sourceElement.matches("form[id^='reader-']");
}

function watch() {
  ends?.disconnect();
  const log = document.querySelector('.log:not(:has(> [id$="-past"]))');
  const reader = document.querySelector("form[id^='reader-']");
  if (!log || !reader) return;
  // As if the box had no upper edge: then all of a message is in view when its end is.
  ends = new IntersectionObserver(read, { root: log, rootMargin: "999999px 0px 1px", threshold: 1 });
  for (const message of log.querySelectorAll('[id^="message-"]')) {
    if (Number(message.dataset.seq) > Number(reader.dataset.read)) ends.observe(message);
  }
}

function read(entries) {
  const reader = document.querySelector("form[id^='reader-']");
  const seen = Math.max(...entries.map(({ isIntersecting, target }) => (isIntersecting ? target.dataset.seq : 0)));
  if (!reader || !isLookedAt() || seen <= Number(reader.dataset.read)) return;
  reader.dataset.was = reader.dataset.read;
  reader.dataset.read = seen;
  reader.elements.seq.value = seen;
  htmx.trigger(reader, "seen");
}
