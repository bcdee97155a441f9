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
  // A row that moves to the top is deleted and put in anew.
  if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  mark();
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (isReturn(ctx)) location.reload();
    else if (isLoad(ctx) && name === "htmx:error" && ctx.text === undefined) stay();
    else if (isLoad(ctx)) location.assign(ctx.request.action);
  });
}

/** The browser's own page about a lost connection would take the list and the draft away. */
function stay() {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.textContent = `Not opened. ${navigator.onLine ? "The server could not be reached." : "You are offline."}`;
  document.getElementById("toasts").replaceChildren(toast);
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
