// What waits to be sent: one message after the other, for a later one must not overtake an earlier.
import { conversationOf, kept, unsent } from "./drafts.js";
import { fail, keepSend, release, show } from "./pending.js";
import { complain } from "./unsent.js";

const busy = new Set();
let pause = 1000;
let later;
export const composerOf = (conversation) => document.getElementById(`composer-${conversation}`);
export const find = (conversation, nonce) => kept(conversation).sends.find((send) => send.nonce === nonce);

/** Takes a message in, and shows it at once. */
export function post(conversation, send) {
  keepSend(conversation, send);
  show(conversation, send, true);
  flush(conversation);
}

/** Sends the first of what waits, unless one is on its way. */
export function flush(conversation) {
  const next = kept(conversation).sends.find(({ why, waits }) => why === null || waits);
  if (!next || busy.has(conversation)) return;
  busy.add(conversation);
  htmx.ajax("POST", next.action, { source: composerOf(conversation) ?? standIn(conversation), swap: "none", values: { nonce: next.nonce, body: next.body } });
}

/** Where its thread is not open, a form stands in for the composer; it holds no messages, so none are told. */
function standIn(conversation) {
  const id = `outbox-${conversation}`;
  const form = document.getElementById(id) ?? document.getElementById("acts").cloneNode(true);
  if (form.id === id) return form;
  const held = document.createElement("input");
  Object.assign(held, { type: "hidden", name: "revision", value: "9".repeat(18) });
  Object.assign(form, { id, className: "outbox" }).append(held);
  return document.body.appendChild(form);
}

export function settle({ sourceElement, send }) {
  pause = 1000;
  const conversation = conversationOf(sourceElement);
  release(conversation, send);
  goOn(conversation);
}

export function refuse({ sourceElement, send }, why, nonce) {
  const conversation = conversationOf(sourceElement);
  if (find(conversation, send.nonce)) fail(conversation, send, { why, nonce });
  complain(conversation, send, why);
  goOn(conversation);
}

/** The socket may have told meanwhile that it arrived: then only the answer was lost. */
export function wait({ sourceElement, send }, cause) {
  const conversation = conversationOf(sourceElement);
  busy.delete(conversation);
  const why = `Not sent yet. ${cause} It goes by itself.`;
  for (const each of kept(conversation).sends) {
    if (each.why === null || each.waits) fail(conversation, each, { why, nonce: each.nonce, waits: true });
  }
  clearTimeout(later);
  later = setTimeout(flushAll, pause);
  pause = Math.min(15000, pause * 2);
}

export function flushAll() {
  unsent().forEach(flush);
}

function goOn(conversation) {
  busy.delete(conversation);
  queueMicrotask(() => flush(conversation));
}
