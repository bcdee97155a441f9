// A message that is not there yet: the page's own template at the end of the log, and its copy in the store.
import { announce } from "./arrive.js";
import { keep, kept } from "./drafts.js";
import { tell } from "./unsent.js";

const itemOf = (nonce) => document.querySelector(`[data-nonce="${CSS.escape(nonce)}"]`);

/** Keeps a send, in place of the one it renews. */
export function keepSend(conversation, send, nonce = send.nonce) {
  const { sends } = kept(conversation);
  const at = sends.findIndex((other) => other.nonce === nonce);
  keep(conversation, { sends: at < 0 ? [...sends, send] : sends.with(at, send) });
  tell();
}

/** Shows a send in its state, in the log of its conversation when that is open. */
export function show(conversation, send, isNew = false) {
  const log = document.querySelector(`#log-${conversation}, #log-${conversation}-past`);
  if (!log) return;
  const item = itemOf(send.nonce) ?? log.appendChild(copy(send));
  item.classList.toggle("cont", joins(item.previousElementSibling));
  paint(item, send);
  if (isNew) log.closest(".log").scrollTop = 0;
}

/** Marks a send as not sent: for good, under another nonce if the old one is spent, or until the line is back. */
export function fail(conversation, send, { why, nonce, waits = false }) {
  const item = itemOf(send.nonce);
  const isNew = kept(conversation).sends.find((other) => other.nonce === send.nonce)?.why !== why;
  keepSend(conversation, { ...send, why, nonce, waits }, send.nonce);
  if (!item) return;
  item.dataset.nonce = nonce;
  paint(item, { why, waits });
  if (isNew) announce(why);
}

/** Takes a send away: it arrived, or was discarded. */
export function release(conversation, send) {
  keep(conversation, { sends: kept(conversation).sends.filter(({ nonce }) => nonce !== send.nonce) });
  itemOf(send.nonce)?.remove();
  tell();
}

function copy({ nonce, body, files = [] }) {
  const item = document.getElementById("pending").content.firstElementChild.cloneNode(true);
  item.dataset.nonce = nonce;
  item.querySelector(".text").textContent = body;
  item.querySelector(".line").hidden = !body;
  if (files.length) import("./looks.js").then(({ fill }) => fill(item, files));
  return item;
}

/** As the server will see it, so that nothing moves when the message comes. */
function joins(before) {
  if (!before?.matches(".own:not(.failed)")) return false;
  const time = before.querySelector("time");
  return !time || Date.now() - Date.parse(time.dateTime) < 300000;
}

function paint(item, { why, waits }) {
  item.classList.toggle("pending", why === null || waits);
  item.classList.toggle("failed", why !== null && !waits);
  item.querySelector(".foot.sending").hidden = why !== null;
  item.querySelector(".foot.danger").hidden = why === null;
  item.querySelector(".why").textContent = why ?? "";
  item.querySelector("[data-retry]").textContent = waits ? "Try now" : "Try again";
}
