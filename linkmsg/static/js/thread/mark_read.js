// Marks messages as read when their end has been in view.
import { isPageActive, onInsert, onRequestError } from "../shell/page.js";

let observer;

onInsert("form[data-read]", observe);
window.addEventListener("focus", observe);
document.addEventListener("visibilitychange", observe);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // A rejected request is tried again after the next catch-up, not at once.
  if (!isReadForm(ctx)) observe();
});

onRequestError((ctx) => {
  if (isReadForm(ctx)) ctx.sourceElement.dataset.read = ctx.sourceElement.dataset.previous;
});

function isReadForm(ctx) {
  return ctx?.sourceElement.matches("form[data-read]");
}

function observe() {
  observer?.disconnect();
  const log = document.querySelector('.log:not(:has(> [id$="-past"]))');
  const form = document.querySelector("form[data-read]");
  if (!log || !form) return;
  // Without an upper edge, all of a long message counts as in view when its end is.
  observer = new IntersectionObserver(markRead, { root: log, rootMargin: "999999px 0px 1px", threshold: 1 });
  for (const message of log.querySelectorAll('[id^="message-"]')) {
    if (Number(message.dataset.seq) > Number(form.dataset.read)) observer.observe(message);
  }
}

function markRead(entries) {
  const form = document.querySelector("form[data-read]");
  const seq = Math.max(...entries.map(({ isIntersecting, target }) => (isIntersecting ? target.dataset.seq : 0)));
  if (!form || !isPageActive() || seq <= Number(form.dataset.read)) return;
  form.dataset.previous = form.dataset.read;
  form.dataset.read = seq;
  form.elements.seq.value = seq;
  htmx.trigger(form, "seen");
}
