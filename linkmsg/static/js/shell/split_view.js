import { toast } from "./toasts.js";

const wide = matchMedia("(width >= 48rem)");
const pointer = matchMedia("(pointer: fine)");
const list = () => document.querySelector("#list .pane-body");
const isLoad = (ctx) => ctx?.request && ctx.sourceElement.matches(".desk");
const isReturn = (ctx) => ctx?.request?.headers["HX-History-Restore-Request"];
let scrolled = 0;
let focused = "";

document.addEventListener("click", (event) => {
  const link = event.target.closest(".row a.row-text");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || event.defaultPrevented || link.target || !wide.matches) return;
  if (!document.getElementById("thread")) return;
  event.preventDefault();
  const isHere = link.href === location.href;
  htmx.ajax("GET", link.getAttribute("href"), { source: ".desk", target: "#thread", swap: "outerHTML", [isHere ? "replace" : "push"]: "true" });
});

// A load that is still under way must not push its address over the page that Back shows.
window.addEventListener("popstate", () => {
  const desk = document.querySelector(".desk");
  if (desk) htmx.trigger(desk, "htmx:abort");
});

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (isReturn(ctx)) scrolled = list()?.scrollTop ?? 0;
  focused = document.activeElement?.closest(".row") ? document.activeElement.id : "";
  if (!isLoad(ctx) || !ctx.response.raw.redirected) return;
  event.preventDefault();
  location.assign(ctx.response.raw.url);
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isReturn(ctx)) list()?.scrollTo({ top: scrolled });
  if (isLoad(ctx) && ctx.response.status < 400) open();
  // A row that moves to the top is deleted and put in anew, perhaps without the button that had the focus.
  const isLost = focused && document.activeElement === document.body;
  if (isLost) (document.getElementById(focused) ?? document.getElementById(focused.replace(/\w+$/, "link")))?.focus({ preventScroll: true });
  mark();
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (isReturn(ctx)) location.reload();
    else if (isLoad(ctx) && name === "htmx:error" && ctx.text === undefined) toast("Not opened. The server could not be reached.");
    else if (isLoad(ctx)) location.assign(ctx.request.action);
  });
}

function open() {
  document.querySelector(".desk").dataset.pane = "thread";
  const thread = document.getElementById("thread");
  const writing = pointer.matches && thread.querySelector(".composer textarea");
  (writing || thread.querySelector(".log"))?.focus({ preventScroll: true });
}

function mark() {
  const conversation = document.getElementById("thread")?.dataset.conversation;
  for (const link of document.querySelectorAll(".row a.row-text")) {
    if (link.closest(".row").id === `row-${conversation}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  // Among the unread, what was read stays only while it is open.
  document.querySelectorAll("#rows-unread > .row:not(.unread, :has([aria-current]))").forEach((row) => row.remove());
}

// A list tells what it shows, and is told what differs: as it is when it asks, not when it began to wait for its turn.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const list = ctx.sourceElement.id === "missed" && document.querySelector("#list ul");
  if (!list) return;
  // An address has room for so many. What stands lower is asked for when one goes there.
  const rows = [...list.querySelectorAll(".row")].slice(0, 250);
  const url = new URL(ctx.request.action, location.href);
  url.searchParams.set("held", rows.map(({ id, dataset }) => `${id.slice(4)}.${dataset.mark}`).join("-"));
  url.searchParams.set("since", list.querySelector(".more, .row:nth-child(251)") ? rows.at(-1).dataset.last : "0");
  url.searchParams.set("current", document.getElementById("thread")?.dataset.conversation ?? "");
  ctx.request.action = url.pathname + url.search;
});
