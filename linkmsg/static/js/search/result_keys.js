// What was found is walked by arrows; who goes on, or comes back, does so where she was.
import { announce } from "./arrive.js";

const field = document.getElementById("q");
const hits = () => [...document.querySelectorAll("#found .hit a")];
const links = () => [...document.querySelectorAll("#found :is(.meant, .recent a, .person a, .hit a, #more-hits a)")];
const steps = { ArrowDown: 1, ArrowUp: -1 };
// How many were there before more of them; -1 where it was not more that was asked for.
let shown = -1;

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = links();
  const at = all.indexOf(target);
  if (key === "Escape" && at >= 0) field.focus();
  else if (key in steps && (target === field || at >= 0)) {
    event.preventDefault();
    const next = at + steps[key];
    (next < 0 ? field : all[Math.min(next, all.length - 1)])?.focus();
  }
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  // Afterwards what asked is not there any more.
  shown = ctx?.sourceElement.matches("#more-hits a") ? hits().length : -1;
});

document.addEventListener("htmx:after:swap", () => {
  if (shown < 0) return;
  hits()[shown]?.focus({ preventScroll: true });
  announce(`${hits().length - shown} more`);
});

// Who chose by the keyboard goes on where she was: at the hit when she comes back, at the chip at once.
const nameOf = (link) => (link.matches(".chip") ? link.querySelector("bdi")?.textContent ?? link.textContent : link.getAttribute("href"));
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const left = sessionStorage.getItem("search-left");
if (left && document.activeElement === document.body) {
  const chosen = [...document.querySelectorAll(isBack ? "#found .hit a" : "#found .chip")].find((link) => nameOf(link) === left);
  chosen?.focus({ preventScroll: isBack });
}
sessionStorage.removeItem("search-left");
document.addEventListener("click", ({ target }) => {
  const link = target.closest("#found :is(.hit a, .chip[href])");
  if (!link) return;
  sessionStorage.setItem("search-left", nameOf(link));
});
