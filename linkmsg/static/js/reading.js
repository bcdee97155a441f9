import { arrive } from "./arrive.js";

const end = new IntersectionObserver((entries) => {
  const { isIntersecting, target } = entries.at(-1);
  if (isIntersecting) read(target);
});

arrive("form[id^='reader-']", watch);
window.addEventListener("focus", watch);
document.addEventListener("visibilitychange", watch);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  // A refused reading is tried again after the next catch-up, not at once.
  if (!isReader(ctx)) watch();
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (isReader(ctx)) ctx.sourceElement.dataset.read = 0;
  });
}

function isReader(ctx) {
  return ctx?.sourceElement.matches("form[id^='reader-']");
}

function watch() {
  end.disconnect();
  const messages = document.querySelectorAll('.log > ol:not([id$="-past"]) > [id^="message-"]');
  const last = messages[messages.length - 1];
  if (last) end.observe(last);
}

function read(message) {
  const reader = document.querySelector("form[id^='reader-']");
  const isLookedAt = document.visibilityState === "visible" && document.hasFocus();
  if (!reader || !isLookedAt || Number(message.dataset.seq) <= Number(reader.dataset.read)) return;
  reader.dataset.read = message.dataset.seq;
  reader.elements.seq.value = message.dataset.seq;
  htmx.trigger(reader, "seen");
}
