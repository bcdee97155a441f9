// Messages of a conversation are sent one after the other, so that a later one can't overtake an earlier.
import { findSend, readDraft, removeSend, saveSend, unsentConversations } from "./outbox_store.js";
import { warnRejected } from "./unsent_messages.js";

const busy = new Set();
let delay = 1000;
let timer;

/** Return the composer of a conversation that is open. */
export const composerOf = (conversation) => document.getElementById(`composer-${conversation}`);

/** Add a message to the queue. */
export function enqueue(conversation, send) {
  saveSend(conversation, send);
  sendNext(conversation);
}

/** Send the first queued message, unless another is under way. */
export function sendNext(conversation) {
  const next = readDraft(conversation).sends.find(({ why, waits }) => why === null || waits);
  if (!next || busy.has(conversation)) return;
  busy.add(conversation);
  htmx.ajax("POST", next.action, { source: composerOf(conversation) ?? standInForm(conversation), swap: "none", values: { nonce: next.nonce, body: next.body } });
}

/** Send what is queued in every conversation. */
export function sendAll() {
  unsentConversations().forEach(sendNext);
}

/** Replaces the composer where the thread is not open. Its huge revision asks for no other messages. */
function standInForm(conversation) {
  const id = `outbox-${conversation}`;
  const form = document.getElementById(id) ?? document.getElementById("actions").cloneNode(true);
  if (form.id === id) return form;
  const revision = document.createElement("input");
  Object.assign(revision, { type: "hidden", name: "revision", value: "9".repeat(18) });
  Object.assign(form, { id, className: "outbox" }).append(revision);
  form.dataset.conversation = conversation;
  return document.body.appendChild(form);
}

/** Remove a message that the server accepted, and send the next. */
export function accept({ sourceElement, send }) {
  const { conversation } = sourceElement.dataset;
  delay = 1000;
  removeSend(conversation, send.nonce);
  free(conversation);
}

/** Mark a message as rejected, with the nonce of its next try, and send the next. */
export function reject({ sourceElement, send }, why, nonce) {
  const { conversation } = sourceElement.dataset;
  if (findSend(conversation, send.nonce)) saveSend(conversation, { ...send, why, nonce, waits: false }, send.nonce);
  warnRejected(conversation, send, why);
  free(conversation);
}

/** Try all queued messages again later. What arrived all the same was removed by its frame on the socket. */
export function retryLater({ sourceElement }, cause) {
  const { conversation } = sourceElement.dataset;
  busy.delete(conversation);
  const why = `Not sent yet. ${cause} It will be sent automatically.`;
  for (const each of readDraft(conversation).sends) {
    if (each.why === null || each.waits) saveSend(conversation, { ...each, why, waits: true });
  }
  clearTimeout(timer);
  timer = setTimeout(sendAll, delay);
  delay = Math.min(15000, delay * 2);
}

function free(conversation) {
  busy.delete(conversation);
  queueMicrotask(() => sendNext(conversation));
}
