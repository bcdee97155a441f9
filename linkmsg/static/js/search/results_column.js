// Shows the results of a search in the left column, in place of the inbox, which comes back as it was.
import { isPlainClick, onInsert } from "../shell/page.js";
import { update } from "./combobox.js";
import "./completion.js";
import "./result_keys.js";
import { cancel, field, form, onResults, remember, results, search, searchSoon } from "./live_search.js";
import { openHit, thread, wide } from "./open_hit.js";

const list = () => document.getElementById("list");
const rows = () => document.getElementById("rows");
const closeLink = () => form().querySelector(".close-search");
const isSearching = () => "searching" in (list()?.dataset ?? {});
const isSearchUrl = (url) => url.pathname === new URL(form().action).pathname;
// On a phone the field above the inbox leads to the search page.
const isLive = () => field() && (wide.matches || !rows());

document.addEventListener("input", ({ target }) => {
  if (target !== field() || !isLive()) return;
  if (rows() && !target.value.trim()) leave();
  else searchSoon();
});

document.addEventListener("submit", (event) => {
  if (event.target !== form() || !isLive()) return;
  // The server turns filled in filters into operators.
  const isFiltered = [...form().elements].some(({ id, value, defaultValue }) => id.startsWith("filter-") && value !== defaultValue);
  if (isFiltered && !wide.matches) return;
  event.preventDefault();
  if (isFiltered) htmx.ajax("GET", form().getAttribute("action"), { source: form(), target: "#results", swap: "outerMorph", replace: "true" });
  else search();
  remember();
  // The keyboard of a phone would cover the results.
  if (matchMedia("(pointer: coarse)").matches) field().blur();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.target !== field() || event.defaultPrevented || event.isComposing || !wide.matches || !isSearching()) return;
  event.preventDefault();
  leave();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#list a[href]");
  if (!link || !isPlainClick(event) || !wide.matches || !form()) return;
  const isHit = link.matches("#results .hit a") && thread();
  if (isHit) remember();
  if (isHit) openHit(link);
  else if (link === closeLink()) leave();
  else if (link.closest("#results") && isSearchUrl(link) && !link.hasAttribute("hx-get")) follow(link);
  else return;
  event.preventDefault();
});

// The address names the conversation beside the results, so that Back and a reload show both.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  if (!wide.matches || !source.closest?.("#search, #results") || !isSearchUrl(new URL(ctx.request.action, location.href))) return;
  const { conversation, at } = thread()?.dataset ?? {};
  for (const [name, value] of Object.entries({ open: conversation, at })) value ? ctx.request.body.set(name, value) : ctx.request.body.delete(name);
  if (isSearchUrl(location)) return;
  closeLink().href = location.href;
  Object.assign(ctx, { push: "true", replace: null });
});

onResults((ctx) => {
  const asked = new URL(ctx.response.raw.url).searchParams;
  if (ctx.sourceElement === form()) fillForm(asked);
  if (isSearching()) return;
  // A hidden list forgets its place.
  if (rows()) rows().dataset.top = rows().scrollTop;
  list().dataset.searching = "";
});

// A search on its way must not put its address over the page that Back shows.
window.addEventListener("popstate", cancel);

// Searches for text that was typed before this module, or htmx, had started.
onInsert("#search", () => {
  if (isLive() && field().value !== field().defaultValue) search();
});

/** Search what a link in the results asks for, such as a filter. */
function follow(link) {
  fillForm(new URL(link.href).searchParams);
  if (rows() && !field().value) leave();
  else search();
  remember();
}

function fillForm(asked) {
  field().value = asked.get("q") ?? "";
  form().querySelectorAll("input[type=hidden]").forEach((each) => each.remove());
  for (const name of ["inside", "wide", "sort"]) {
    if (asked.has(name)) form().append(Object.assign(document.createElement("input"), { type: "hidden", name, value: asked.get(name) }));
  }
}

/** Bring the inbox back. The page of a search has none, so it is loaded. */
function leave() {
  cancel();
  const { href } = closeLink();
  if (!rows()) return htmx.ajax("GET", href, { source: closeLink(), target: "#list", select: "#list", swap: "outerHTML", push: "true" }).then(() => field()?.focus());
  fillForm(new URLSearchParams());
  if (!isSearching()) return;
  delete list().dataset.searching;
  rows().scrollTop = rows().dataset.top;
  delete rows().dataset.top;
  results().replaceChildren();
  update(field());
  history.replaceState({ htmx: true }, "", href);
}
