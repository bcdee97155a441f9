// Sends the search of the page: announces results, remembers searches, and retries when online again.
import { announce, onRequestError, toast } from "../shell/page.js";

export const form = () => document.getElementById("search");
export const field = () => form()?.elements.q;
export const results = () => document.getElementById("results");
const isSearch = (ctx) => ctx?.sourceElement?.matches?.("#search, #search [name=q]");
let timer;
let remembered = field()?.value;
let failed = false;

/** Search for the text in the field. */
export function search() {
  clearTimeout(timer);
  htmx.trigger(field(), "go", {}, false);
}

/** Search when nothing more has been typed for a moment. */
export function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(search, 200);
}

/** Drop the search that is waiting or on its way. */
export function cancel() {
  clearTimeout(timer);
  if (field()) htmx.trigger(field(), "htmx:abort");
}

/** Call `callback(ctx)` when results have come in. */
export function onResults(callback) {
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => isSearch(ctx) && callback(ctx));
}

/** Add the text in the field to the recent searches. */
export function remember() {
  const text = field().value.trim();
  const address = results().dataset.remember;
  if (!text || text === remembered || !address) return;
  remembered = text;
  const token = document.querySelector("#actions [name=csrf_token]").value;
  fetch(address, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, q: text }) }).catch(() => {});
}

// The shown results are out of date until the answer replaces this attribute.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isSearch(ctx)) results().setAttribute("aria-busy", "true");
});

onResults(() => {
  failed = false;
  const summary = [...results().querySelectorAll(":scope > .hint, .suggestion, #search-count, .empty h2")].map((each) => each.textContent.trim());
  const suggested = results().querySelectorAll(".option").length;
  if (suggested) summary.push(`${suggested} suggestion${suggested === 1 ? "" : "s"}`);
  announce(summary.join(". ").replaceAll(/([.?!])[.] /g, "$1 "));
});

onRequestError((ctx) => {
  if (!isSearch(ctx) && !ctx?.sourceElement?.closest("#results")) return;
  failed = isSearch(ctx);
  toast(ctx.response?.status === 429 ? "Too many searches. Try again in a moment." : "Couldn’t search: the server can’t be reached.");
});

// Retries a failed search when the connection is back.
for (const [target, name] of [[window, "online"], [document, "live"]]) {
  target.addEventListener(name, () => failed && field() && search());
}

document.addEventListener("change", ({ target }) => {
  if (target === field() && results()) remember();
});
