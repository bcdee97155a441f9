// Opens a hit in the pane beside the results, and the hit before or after it.
import { announce } from "../shell/page.js";
import { form, results } from "./live_search.js";

export const wide = matchMedia("(width >= 48rem)");
export const thread = () => document.getElementById("thread");
const hits = () => [...(results()?.querySelectorAll(".hit a") ?? [])];
const steps = () => thread()?.querySelector(".hit-steps");
const placeOf = (link) => ({ open: link.pathname.split("/").pop(), at: new URL(link.href).searchParams.get("at") });
const isOpen = (link) => placeOf(link).open === thread().dataset.conversation && placeOf(link).at === thread().dataset.at;
const position = () => hits().findIndex((each) => each.matches("[aria-current]"));
// Whether the first of the hits that are being loaded is to be opened.
let isAwaited = false;
// The button that was pressed keeps the focus, so that it can be pressed again.
let pressed = "";

/** Show the message of a hit in its conversation, and put both into the address of the search. */
export function openHit(link) {
  const url = new URL(form().action);
  if (location.pathname === url.pathname) url.search = location.search;
  Object.entries(placeOf(link)).forEach(([name, value]) => url.searchParams.set(name, value));
  form().querySelector(".close-search").href = link.href;
  htmx.ajax("GET", link.getAttribute("href"), { source: ".split-view", target: "#thread", swap: "outerHTML", [isOpen(link) ? "replace" : "push"]: url.pathname + url.search });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-step]");
  if (!button) return;
  pressed = button.dataset.step;
  step(Number(pressed));
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  // On a Mac these keys move the cursor in a text.
  const isText = /Mac/.test(navigator.platform) && target.matches("textarea, input");
  if (by && event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && !isText && steps()?.checkVisibility()) {
    event.preventDefault();
    step(by);
  } else if (key === "Escape" && !event.defaultPrevented && target.closest("#thread") && !target.matches("textarea") && position() >= 0) {
    event.preventDefault();
    hits()[position()].focus();
  }
});

function step(by) {
  const next = hits()[position() + by];
  const more = document.querySelector("#more-hits a");
  isAwaited = !next && by > 0 && Boolean(more);
  if (next) openHit(next);
  else if (isAwaited) more.click();
  else announce(by > 0 ? "This is the last result." : "This is the first result.");
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!results()?.firstElementChild) return;
  mark();
  if (isAwaited && hits()[position() + 1]) step(1);
  if (!ctx?.sourceElement?.matches?.(".split-view")) return;
  showCurrent();
  if (pressed) steps()?.querySelector(`[data-step="${pressed}"]:enabled`)?.focus();
  pressed = "";
});

/** Mark the hit that is open, and say which one it is of how many. */
function mark() {
  for (const link of hits()) {
    if (isOpen(link)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const at = position();
  if (!steps()) return;
  const { total } = document.getElementById("search-count")?.dataset ?? {};
  const [previous, next] = steps().querySelectorAll("button");
  steps().hidden = !hits().length;
  previous.disabled = at <= 0;
  next.disabled = at === hits().length - 1 && !document.getElementById("more-hits");
  const sentence = at < 0 ? `${total} results` : `${at + 1} of ${total}`;
  const label = steps().querySelector("span");
  if (label.textContent !== sentence) label.textContent = sentence;
}

function showCurrent() {
  hits()[position()]?.scrollIntoView({ block: "nearest" });
}

if (results()?.firstElementChild) {
  mark();
  showCurrent();
}
