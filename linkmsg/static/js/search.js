// What was found is walked by arrows; what was typed and left as it was is kept among the recent searches.
import { announce } from "./arrive.js";
import { toast } from "./toasts.js";

const field = document.getElementById("q");
const hits = () => [...document.querySelectorAll("#found .hit a")];
const links = () => [...document.querySelectorAll("#found :is(.recent, .hit, .person) a")];
const steps = { ArrowDown: 1, ArrowUp: -1 };
let kept = field.value;
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

field.form.addEventListener("submit", (event) => {
  // What is filled in beside the words becomes operators of them, on the way to another page.
  if ([...event.target.elements].some(({ id, value, defaultValue }) => id.startsWith("narrow-") && value !== defaultValue)) return;
  event.preventDefault();
  htmx.trigger(field, "go", {}, false);
  keep();
  // The keys of a phone would cover what was found.
  if (matchMedia("(pointer: coarse)").matches) field.blur();
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  // Afterwards what asked is not there any more.
  shown = ctx?.sourceElement.matches("#more-hits a") ? hits().length : -1;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const heading = document.querySelector("#found :is(#search-count, .empty h2)");
  if (ctx?.sourceElement === field && heading) announce(heading.textContent.trim());
  if (shown < 0) return;
  hits()[shown]?.focus({ preventScroll: true });
  announce(`${hits().length - shown} more`);
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    const isOurs = ctx?.sourceElement === field || ctx?.sourceElement.closest("#found");
    if (isOurs) toast(ctx.response?.status === 429 ? "That was a lot of searches at once. Try again in a moment." : "Not searched. The server could not be reached.");
  });
}

// What was typed before htmx listened.
document.addEventListener("DOMContentLoaded", () => {
  if (field.value !== field.defaultValue) htmx.trigger(field, "go", {}, false);
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
  if (link.matches(".hit a")) keep();
});

field.addEventListener("change", keep);

function keep() {
  const text = field.value.trim();
  if (!text || text === kept) return;
  kept = text;
  const token = document.querySelector("#acts [name=csrf_token]").value;
  fetch(document.getElementById("found").dataset.remember, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, q: text }) }).catch(() => {});
}
