// Messages of a conversation are sent one after the other, so that a later one can't overtake an earlier.
import { addSend, outbox, readDraft, removeSend, saveSend, unsentConversations } from "./outbox_store.js";

// The conversations that this tab sends in, or waits to, with the function that lets another tab have its turn.
const turns = new Map();
let delay = 1000;
let timer;

/** Return the composer of a conversation that is open. */
export const composerOf = (conversation) => document.getElementById(`composer-${conversation}`);

// Without locks two tabs may send the same message: its nonce makes it count once.
const takeTurn = (name, act) => navigator.locks?.request(name, act).catch(act) ?? act();
const nextOf = (conversation) => readDraft(conversation).sends.find(({ why, waits }) => why === null || waits);

// If the tab that sends is closed, another one does it.
outbox.addEventListener("change", ({ detail: { value, isRemote } }) => {
  if (isRemote && value?.nonce) timer ??= setTimeout(sendAll, delay * (1 + Math.random()));
});

/** Add a message to the queue. */
export function enqueue(conversation, send) {
  addSend(conversation, send);
  sendNext(conversation);
}

/** Send the first queued message, unless another is under way. */
export function sendNext(conversation) {
  if (turns.has(conversation) || !nextOf(conversation)) return;
  turns.set(conversation);
  takeTurn(`linkmsg:${conversation}`, () => new Promise((end) => {
    turns.set(conversation, end);
    // Another tab may have sent it meanwhile.
    const next = nextOf(conversation);
    if (!next) return endTurn(conversation);
    post(conversation, next);
  }));
}

async function post(conversation, { action, nonce, body }) {
  const source = composerOf(conversation) ?? await import("./stand_in_form.js").then(({ standInForm }) => standInForm(conversation), () => null);
  if (source) htmx.ajax("POST", action, { source, swap: "none", values: { nonce, body } });
  else retryLater({ sourceElement: { dataset: { conversation } } });
}

/** Send what is queued in every conversation. */
export function sendAll() {
  timer = clearTimeout(timer);
  unsentConversations().forEach(sendNext);
}

/** Remove a message that the server accepted, and send the next. */
export function accept({ sourceElement, send }) {
  const { conversation } = sourceElement.dataset;
  delay = 1000;
  removeSend(conversation, send.nonce);
  sendOn(conversation);
}

/** End the turn of a conversation, and send its next message. */
export function sendOn(conversation) {
  endTurn(conversation);
  queueMicrotask(() => sendNext(conversation));
}

/** Try all queued messages again later. What arrived all the same was removed by its frame on the socket. */
export function retryLater({ sourceElement }, cause = "The server can’t be reached.") {
  const { conversation } = sourceElement.dataset;
  const why = `Not sent yet. ${cause} It will be sent automatically.`;
  for (const each of readDraft(conversation).sends) {
    if (each.why !== why && (each.why === null || each.waits)) saveSend(conversation, { ...each, why, waits: true });
  }
  endTurn(conversation);
  clearTimeout(timer);
  timer = setTimeout(sendAll, delay * (0.5 + Math.random()));
  delay = Math.min(15000, delay * 2);
}

function endTurn(conversation) {
  turns.get(conversation)?.();
  turns.delete(conversation);
}
