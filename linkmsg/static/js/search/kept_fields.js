// Keeps what was typed in fields without autocompletion: when Back shows a page, WebKit empties them after `pageshow`.
const fields = () => document.querySelectorAll("[autocomplete=off]:not([type=hidden])");

window.addEventListener("pagehide", () => {
  for (const field of fields()) field.kept = field.value;
});

window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) setTimeout(() => fields().forEach((field) => { field.value = field.kept; }));
});
