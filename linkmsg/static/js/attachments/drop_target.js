// Browsers fire dragover several times a second, and nothing when the files leave the page.
const timeout = 600;
let timer;

/** Highlight where dragged files will be dropped. */
export function highlight(form, name) {
  const target = form.closest("#thread") ?? form;
  const clear = () => target.classList.remove("drop-target");
  clearTimeout(timer);
  if (name === "drop") return clear();
  target.classList.add("drop-target");
  timer = setTimeout(clear, timeout);
}
