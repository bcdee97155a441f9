// The inbox beside a thread: a click on a row swaps the thread only.
import { isPlainClick, onRequestError, toast } from "./page.js";

const wide = matchMedia("(width >= 48rem)");
const pointer = matchMedia("(pointer: fine)");
const panes = () => [...document.querySelectorAll("#list .pane-body")];
const isLoad = (ctx) => ctx?.request && ctx.sourceElement.matches(".split-view");
const isRestore = (ctx) => ctx?.request?.headers["HX-History-Restore-Request"];
const places = {};
let focusedId = "";
// The link of the row that was clicked, until its conversation is open.
let openingId = "";

document.addEventListener("click", (event) => {
  const link = event.target.closest(".row a.row-text");
  if (!link || !isPlainClick(event) || link.target) return;
  openingId = link.id;
  markCurrentRow();
  const thread = wide.matches && document.getElementById("thread");
  // Offline, a later listener keeps the browser on this page.
  if (!thread) return setTimeout(() => event.defaultPrevented && stopOpening());
  event.preventDefault();
  thread.ariaBusy = true;
  const isHere = link.href === location.href;
  htmx.ajax("GET", link.getAttribute("href"), { source: ".split-view", target: "#thread", swap: "outerHTML", [isHere ? "replace" : "push"]: "true" });
});

window.addEventListener("pageshow", ({ persisted }) => persisted && stopOpening());

// A pending load must not push its address over the page that Back shows.
window.addEventListener("popstate", () => {
  const view = document.querySelector(".split-view");
  openingId = "";
  if (view) htmx.trigger(view, "htmx:abort");
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (isRestore(ctx)) panes().forEach((pane) => { places[pane.id] = pane.dataset.top ?? pane.scrollTop; });
  focusedId = document.activeElement?.closest(".row") ? document.activeElement.id : "";
  if (!isLoad(ctx) || !ctx.response.raw.redirected) return;
  event.preventDefault();
  location.assign(ctx.response.raw.url);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isRestore(ctx)) panes().forEach((pane) => pane.scrollTo({ top: places[pane.id] }));
  if (isLoad(ctx) && ctx.response.status < 400) openThread();
  // A row that moves to the top is deleted and inserted again.
  if (document.activeElement === document.body) document.getElementById(focusedId)?.focus({ preventScroll: true });
  markCurrentRow();
});

onRequestError((ctx, { type }) => {
  if (isLoad(ctx)) stopOpening();
  if (isRestore(ctx)) location.reload();
  else if (!isLoad(ctx)) return;
  else if (type === "htmx:error" && ctx.text === undefined) toast("Couldn’t open: the server can’t be reached.");
  else location.assign(ctx.request.action);
});

function stopOpening() {
  openingId = "";
  document.getElementById("thread").ariaBusy = null;
  markCurrentRow();
}

function openThread() {
  openingId = "";
  document.querySelector(".split-view").dataset.pane = "thread";
  const thread = document.getElementById("thread");
  const field = pointer.matches && thread.querySelector(".composer textarea");
  (thread.querySelector(".marked") ?? (field || thread.querySelector(".log")))?.focus({ preventScroll: true });
}

function markCurrentRow() {
  const conversation = document.getElementById("thread")?.dataset.conversation;
  const current = document.getElementById(openingId || `row-${conversation}-link`);
  for (const link of document.querySelectorAll(".row a.row-text")) {
    if (link === current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // The Unread filter drops a read conversation when another one is opened.
  document.querySelectorAll("#rows-unread > .row:not(.unread, :has([aria-current]))").forEach((row) => row.remove());
}

// The list sends what it shows, and the server answers with what differs. Read now: a queued request would send old rows.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const list = ctx.sourceElement.id === "catch-up" && document.querySelector("#rows ul");
  if (!list) return;
  // More would make the address too long. Rows below are loaded when they are scrolled to.
  const rows = [...list.querySelectorAll(".row")].slice(0, 250);
  const url = new URL(ctx.request.action, location.href);
  url.searchParams.set("held", rows.map(({ id, dataset }) => `${id.slice(4)}.${dataset.mark}`).join("-"));
  url.searchParams.set("since", list.querySelector(".more, .row:nth-child(251)") ? rows.at(-1).dataset.last : "0");
  url.searchParams.set("current", document.getElementById("thread")?.dataset.conversation ?? "");
  ctx.request.action = url.pathname + url.search;
});
