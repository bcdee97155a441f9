// Searches while the member types: announces results, remembers searches, and retries when online again.
import { announce, onRequestError, toast } from "../shell/page.js";

const field = document.getElementById("q");
const results = () => document.getElementById("results");
const search = () => htmx.trigger(field, "go", {}, false);
let remembered = field.value;
let failed = false;

field.form.addEventListener("submit", (event) => {
  // Changed filter fields need a full page load: the server turns them into operators.
  if ([...event.target.elements].some(({ id, value, defaultValue }) => id.startsWith("filter-") && value !== defaultValue)) return;
  event.preventDefault();
  search();
  remember();
  // The keyboard of a phone would cover the results.
  if (matchMedia("(pointer: coarse)").matches) field.blur();
});

// The shown results are out of date until the answer replaces this attribute.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === field) results().setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement !== field) return;
  failed = false;
  const summary = [...results().querySelectorAll(":scope > .hint, .suggestion, #search-count, .empty h2")].map((each) => each.textContent.trim());
  const suggested = results().querySelectorAll(".suggested").length;
  if (suggested) summary.push(`${suggested} suggestion${suggested === 1 ? "" : "s"}`);
  announce(summary.join(". ").replaceAll(/([.?!])[.] /g, "$1 "));
});

onRequestError((ctx) => {
  if (ctx?.sourceElement !== field && !ctx?.sourceElement.closest("#results")) return;
  failed = ctx.sourceElement === field;
  toast(ctx.response?.status === 429 ? "Too many searches. Try again in a moment." : "Couldn’t search: the server can’t be reached.");
});

// Retries a failed search when the connection is back.
for (const [target, name] of [[window, "online"], [document, "live"]]) {
  target.addEventListener(name, () => failed && search());
}

// Searches for text that was typed before htmx had started.
document.addEventListener("DOMContentLoaded", () => {
  if (field.value !== field.defaultValue) search();
});

field.addEventListener("change", remember);

document.addEventListener("click", ({ target }) => {
  if (target.closest("#results .hit a")) remember();
});

function remember() {
  const text = field.value.trim();
  if (!text || text === remembered) return;
  remembered = text;
  const token = document.querySelector("#actions [name=csrf_token]").value;
  fetch(results().dataset.remember, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, q: text }) }).catch(() => {});
}
