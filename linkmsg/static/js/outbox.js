// What waits to be sent: one message after the other, for a later one must not overtake an earlier.
import { conversationOf, kept } from "./drafts.js";
import { fail, keepSend, release, show } from "./pending.js";

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
  const form = composerOf(conversation);
  const next = kept(conversation).sends.find(({ why, waits }) => why === null || waits);
  if (!form || !next || busy.has(conversation)) return;
  busy.add(conversation);
  htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, swap: "none", values: { nonce: next.nonce, body: next.body } });
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
  document.querySelectorAll(".composer[hx-post]").forEach((form) => flush(conversationOf(form)));
}

function goOn(conversation) {
  busy.delete(conversation);
  queueMicrotask(() => flush(conversation));
}
