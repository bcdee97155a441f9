// Shows unsent messages: in the log, in the inbox row, in a toast, and before the tab is closed.
import { loadModule } from "../shell/load_module.js";
import { announce, fromTemplate, onInsert, toast } from "../shell/page.js";
import { outbox, readDraft, unsentConversations } from "./outbox_store.js";

let leftAt = 0;
const itemOf = (nonce) => document.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`);

onInsert(".composer[hx-post], .closed[id]", (foot) => {
  for (const send of readDraft(foot.dataset.conversation).sends) show(foot.dataset.conversation, send);
});

outbox.addEventListener("change", ({ detail: { conversation, nonce, send, previous } }) => {
  showWarnings();
  if (!send) itemOf(nonce)?.remove();
  else if (send.why === null) show(conversation, send, !previous);
  else showFailure(itemOf(nonce), send, previous);
});

const [source, name] = window.navigation ? [navigation, "navigate"] : [window, "click"];
source.addEventListener(name, ({ destination }) => { if (!destination?.sameDocument) leftAt = Date.now(); });
document.addEventListener("htmx:after:swap", showWarnings);

/** Show a toast about a rejected message whose thread is not open. */
export function warnRejected(conversation, { action, to }, why) {
  if (document.getElementById(`scroller-${conversation}`)) return;
  const link = document.createElement("a");
  Object.assign(link, { href: action, className: "btn", textContent: "Open" });
  toast(`To ${to}: ${why}`, link);
}

/** Sending starts or is tried again. */
function show(conversation, send, isNew = false) {
  const log = document.querySelector(`#log-${conversation}, #log-${conversation}-past`);
  if (!log) return;
  const item = itemOf(send.nonce) ?? log.appendChild(create(send));
  item.classList.toggle("cont", isContinuation(item.previousElementSibling));
  render(item, send);
  if (isNew) log.closest(".log").scrollTop = 0;
}

function showFailure(item, send, previous) {
  if (!item) return;
  item.dataset.nonce = send.nonce;
  render(item, send);
  if (send.why !== previous?.why) announce(send.why);
}

function create({ nonce, body, files = [] }) {
  const item = fromTemplate(document.getElementById("pending"));
  item.dataset.nonce = nonce;
  item.querySelector(".text").textContent = body;
  item.querySelector(".line").hidden = !body;
  if (files.length) loadModule("attachments/attachment_preview").then((module) => module?.addPreviews(item, files));
  return item;
}

/** The server joins messages by the same rule, so nothing moves when this one arrives. */
function isContinuation(before) {
  if (!before?.matches(".own:not(.failed)")) return false;
  const time = before.querySelector("time");
  return !time || Date.now() - Date.parse(time.dateTime) < 300000;
}

function render(item, { why, waits }) {
  item.classList.toggle("pending", why === null || waits);
  item.classList.toggle("failed", why !== null && !waits);
  item.querySelector(".foot.sending").hidden = why !== null;
  item.querySelector(".foot.danger").hidden = why === null;
  item.querySelector(".why").textContent = why ?? "";
  item.querySelector("[data-retry]").textContent = waits ? "Try now" : "Try again";
}

function showWarnings() {
  const conversations = unsentConversations();
  document.querySelectorAll(".unsent:not(:empty)").forEach((label) => label.replaceChildren());
  for (const each of conversations) labelRow(each, readDraft(each).sends);
  window.onbeforeunload = conversations.some((each) => isAtRisk(readDraft(each).sends)) ? confirmClose : null;
}

function labelRow(conversation, sends) {
  const label = document.querySelector(`#row-${conversation} .unsent`);
  const isFailed = sends.some(({ why, waits }) => why !== null && !waits);
  if (!label || !(isFailed || sends.some(({ waits }) => waits))) return;
  const isOpen = document.getElementById(`scroller-${conversation}`);
  label.classList.toggle("danger", isFailed);
  label.textContent = isFailed ? `Not sent.${isOpen ? "" : " Open to try again"}` : "Not sent yet";
}

/** A request under way outlives the page. Queued messages are lost with the tab. */
function isAtRisk(sends) {
  return sends.some(({ waits }) => waits) || sends.filter(({ why }) => why === null).length > 1;
}

/** Navigation within the site keeps the tab open. */
function confirmClose(event) {
  if (Date.now() - leftAt > 1000) event.preventDefault();
}
