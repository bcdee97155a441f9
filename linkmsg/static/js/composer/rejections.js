// What becomes of a message that the server rejected: it stays, with the reason.
import { toast } from "../shell/page.js";
import { createNonce, findSend, removeSend, saveSend } from "./outbox_store.js";
import { sendOn } from "./send_queue.js";

/** Mark a message as rejected, say why, and send the next. */
export function reject({ sourceElement, send, response, text }) {
  const { conversation } = sourceElement.dataset;
  const { status } = response;
  const isRefused = [403, 409, 422, 429].includes(status);
  // Nothing was written under the nonce of a refused message, or something else was (409).
  const rejected = { ...send, why: isRefused ? readError(text) : describeStatus(status), nonce: isRefused ? createNonce() : send.nonce, waits: false };
  if (findSend(conversation, send.nonce)) saveSend(conversation, rejected, send.nonce);
  if (status === 404 || !document.getElementById(`scroller-${conversation}`)) warn(conversation, rejected, status === 404);
  sendOn(conversation);
}

/** Say it where the thread is not open. A text whose conversation has gone can be read nowhere else. */
function warn(conversation, { action, to, why, body, nonce }, isGone) {
  const button = document.createElement(isGone ? "button" : "a");
  button.className = "btn";
  button.textContent = isGone ? "Discard" : "Open";
  if (!isGone) button.href = action;
  else button.addEventListener("click", () => { removeSend(conversation, nonce); button.closest(".toast").remove(); });
  toast(`To ${to}: ${why}${isGone ? ` “${body}”` : ""}`, button);
}

function describeStatus(status) {
  if (status === 404) return "Not sent. This conversation no longer exists.";
  if (status === 413) return "Not sent. The message is too long.";
  if (status === 400) return "Not sent. Reload this page, then try again.";
  return "Not sent. Something went wrong.";
}

function readError(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return (page.querySelector(".error") ?? page.querySelector(".relationship .name"))?.textContent.trim() || "Not sent.";
}
