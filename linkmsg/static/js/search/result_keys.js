// Arrow keys move through the results, and the focus returns to where it was.
import { announce } from "../shell/page.js";

const field = () => document.querySelector("#search [name=q], #q");
const hits = () => [...document.querySelectorAll("#results .hit a")];
const links = () => [...document.querySelectorAll("#results :is(.recent a, .person .name, .hit a, #more-hits a), .list:not([data-searching]) .row a.row-text")];
const steps = { ArrowDown: 1, ArrowUp: -1 };
// The number of hits before "Show more" was pressed; -1 for other swaps.
let countBefore = -1;

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !field()) return;
  const all = links().filter((each) => each.checkVisibility());
  const at = all.indexOf(target);
  const isRow = target.matches(".row-text");
  if (key === "Escape" && at >= 0 && !isRow) field().focus();
  else if (key in steps && (target === field() || (at >= 0 && !isRow))) {
    const next = at + steps[key];
    event.preventDefault();
    (next < 0 ? field() : all[Math.min(next, all.length - 1)])?.focus();
  }
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  // The link is gone after the swap.
  countBefore = ctx?.sourceElement?.matches?.("#more-hits a") ? hits().length : -1;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (countBefore >= 0) {
    hits()[countBefore]?.focus({ preventScroll: true });
    announce(`${hits().length - countBefore} more`);
  }
  const isBack = Boolean(ctx?.request?.headers["HX-History-Restore-Request"]);
  if (isBack || ctx?.sourceElement === field()) restoreFocus(isBack);
});

// After Back the focus is on the hit that was opened; after a filter, on that filter.
const nameOf = (link) => (link.matches(".pill") ? link.querySelector("bdi")?.textContent ?? link.textContent : link.getAttribute("href"));

function restoreFocus(isBack) {
  if (document.activeElement !== document.body) return;
  const name = keepName(null);
  const last = name && [...document.querySelectorAll(isBack ? "#results .hit a" : "#results .pill")].find((link) => nameOf(link) === name);
  last?.focus({ preventScroll: true });
  last?.scrollIntoView({ block: "nearest" });
}

restoreFocus(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
keepName(null);
document.addEventListener("click", ({ target }) => {
  const link = target.closest("#results :is(.hit a, .pill[href])");
  if (!link) return;
  keepName(nameOf(link));
});

/** Store the name of a link for the next page, or with null delete it; return the one stored before. */
function keepName(name) {
  try {
    const last = sessionStorage.getItem("search-left");
    if (name === null) sessionStorage.removeItem("search-left");
    else sessionStorage.setItem("search-left", name);
    return last;
  } catch {
    // Without storage the focus starts at the top.
    return null;
  }
}
