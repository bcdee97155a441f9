// Shows unsent messages in the log, and has the rows of the inbox labelled.
import { loadModule } from "../shell/load_module.js";
import { announce, fromTemplate, onInsert } from "../shell/page.js";
import { outbox, readDraft, storedConversations } from "./outbox_store.js";

const itemOf = (nonce) => document.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`);

onInsert(".composer[hx-post], .closed[id]", (foot) => {
  for (const send of readDraft(foot.dataset.conversation).sends) show(foot.dataset.conversation, send);
});

outbox.addEventListener("change", ({ detail: { conversation, name, value, previous, isRemote } }) => {
  labelRows();
  if (/^(draft|files|sent)$/.test(name)) return;
  if (!value) return itemOf(name)?.remove();
  const item = show(conversation, value, previous?.nonce);
  if (item && !previous && !isRemote) item.closest(".log").scrollTop = 0;
  if (item && value.why && value.why !== previous?.why && !isRemote) announce(value.why);
});

document.addEventListener("htmx:after:swap", labelRows);
window.addEventListener("pageshow", labelRows);
labelRows();

function show(conversation, send, nonce = send.nonce) {
  const log = document.querySelector(`#log-${conversation}, #log-${conversation}-past`);
  if (!log) return null;
  const item = itemOf(nonce) ?? log.appendChild(create(send));
  const { why, waits } = send;
  const isFailed = why !== null && !waits;
  item.dataset.nonce = send.nonce;
  item.classList.toggle("cont", isContinuation(item.previousElementSibling));
  item.classList.toggle("pending", !isFailed);
  item.classList.toggle("failed", isFailed);
  item.querySelector(".foot.sending").hidden = why !== null;
  item.querySelector(".foot.danger").hidden = why === null;
  item.querySelector(".why").textContent = why ?? "";
  item.querySelector("[data-retry]").textContent = waits ? "Try now" : "Try again";
  item.querySelector("[data-edit]").hidden = !isFailed || !document.getElementById(`composer-${conversation}`);
  return item;
}

function create({ body, files }) {
  const item = fromTemplate(document.getElementById("pending"));
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

function labelRows() {
  if (storedConversations().length || document.querySelector(".unsent:not(:empty)")) loadModule("composer/row_labels").then((module) => module?.label());
}
