// "Bo is typing…" is gone five seconds after it was told last; what tells it is fetched when one types.
const stay = 5000;
const gone = new WeakMap();

document.addEventListener("input", ({ target, detail }) => {
  if (detail !== "restored" && target.matches(".composer textarea")) import("./typist.js").then(({ type }) => type(target), () => {});
});

document.addEventListener("htmx:before:settle", ({ target }) => {
  if (!target.matches?.("[id^='typing-'], .typing")) return;
  clearTimeout(gone.get(target));
  if (target.firstChild) gone.set(target, setTimeout(() => target.replaceChildren(), stay));
});
