/** Calls `greet` once with each element that matches: those on the page, and those swapped in later. */
export function arrive(selector, greet) {
  const known = new WeakSet();
  const meet = (element) => {
    if (known.has(element)) return;
    known.add(element);
    greet(element);
  };
  document.addEventListener("htmx:after:process", ({ target }) => {
    if (target.matches?.(selector)) meet(target);
    target.querySelectorAll(selector).forEach(meet);
  });
}

/** Whether this page is the one that is looked at. */
export const isLookedAt = () => document.visibilityState === "visible" && document.hasFocus();

/** Says a sentence to screen readers only. */
export function announce(sentence) {
  document.getElementById("announce")?.replaceChildren(sentence);
}
