// The htmx requests of composers: each form becomes a queued message, and each answer settles one.
import { loadModule } from "../shell/load_module.js";
import { onInsert } from "../shell/page.js";
import { attachedFiles, findSend, removeSend, saveDraft, saveSend } from "./outbox_store.js";
import { accept, composerOf, enqueue, reject, retryLater, sendAll, sendNext } from "./send_queue.js";

on("htmx:config:request", (ctx, event) => {
  const form = ctx.sourceElement;
  const { body } = ctx.request;
  if (!ctx.values) {
    event.preventDefault();
    const files = attachedFiles(form);
    if (body.get("body").trim() || files.length) {
      const to = document.getElementById("thread-h").textContent;
      enqueue(form.dataset.conversation, { nonce: createNonce(), body: body.get("body"), files, why: null, waits: false, action: ctx.request.action, to });
      clear(form);
    }
    return;
  }
  ctx.send = findSend(form.dataset.conversation, body.get("nonce"));
  body.delete("files");
  body.delete("attachment");
  for (const { key } of ctx.send?.files ?? []) body.append("attachment", key);
  // With a target that has left the page meanwhile, htmx would drop the whole answer.
  ctx.target = null;
  ctx.request.timeout = 20000;
  // A kept-alive request outlives the page, but browsers cap its body at 64 kB.
  ctx.request.keepalive = ctx.send.body.length < 5000;
});

on("htmx:after:request", (ctx, event) => {
  const { status, raw } = ctx.response;
  if (status !== 400 && status !== 401 && !raw.redirected) return;
  event.preventDefault();
  loadModule("composer/sign_in_handover").then((module) => (module ? module.submitToSignIn(ctx) : reject(ctx, "Not sent. You were signed out.", ctx.send.nonce)));
});

on("htmx:before:swap", (ctx, event) => {
  const { status } = ctx.response;
  if (status < 400) return accept(ctx);
  if (status > 501) return retryLater(ctx, status === 507 ? "The server is out of space. Tell an admin." : status === 503 ? "The server is busy." : "The server could not be reached.");
  if (![403, 409, 422, 429].includes(status)) return reject(ctx, describeStatus(status), ctx.send.nonce);
  const form = ctx.swap !== "none" && composerOf(ctx.sourceElement.dataset.conversation);
  if (form && !form.elements.body.value.trim() && !form.querySelector(".attachment-list > *")) return accept(ctx);
  event.preventDefault();
  // Nothing was written under the old nonce, or something else was (409).
  reject(ctx, readError(ctx.text), createNonce());
});

on("htmx:after:swap", (ctx) => {
  const conversation = ctx.sourceElement.dataset.conversation;
  const isElsewhere = !ctx.sourceElement.matches(".composer") || !composerOf(conversation) || document.getElementById(`log-${conversation}`);
  if (ctx.response.status < 400 && !isElsewhere) location.assign(ctx.request.action);
});

on("htmx:error", (ctx) => {
  if (ctx.text !== undefined) return;
  const isLate = ctx.request.signal.reason === "timeout";
  const cause = isLate ? "The server did not answer in time." : "The server could not be reached.";
  // Leaving the page aborts its requests too. Then this never runs, and the next page sends.
  setTimeout(retryLater, 250, ctx, navigator.onLine ? cause : "You are offline.");
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-retry], [data-discard]");
  if (!button) return;
  const { conversation } = button.closest("#thread").dataset;
  const send = findSend(conversation, button.closest("[data-nonce]").dataset.nonce);
  composerOf(conversation)?.elements.body.focus();
  if (button.matches("[data-discard]")) return removeSend(conversation, send.nonce);
  saveSend(conversation, { ...send, why: null, waits: false });
  sendNext(conversation);
});

onInsert(".composer[hx-post], .closed[id]", (foot) => sendNext(foot.dataset.conversation));

// Pages without a thread import this module after they have loaded.
if (document.readyState === "complete") sendAll();
else window.addEventListener("load", sendAll);

// The server answers again.
for (const name of ["live", "htmx:after:request"]) {
  document.addEventListener(name, ({ detail }) => {
    const isOnline = name === "live" || (detail.ctx?.response?.status < 400 && !detail.ctx.send);
    if (isOnline) sendAll();
  });
}

function on(name, handle) {
  document.addEventListener(name, (event) => {
    const { ctx } = event.detail;
    const isOurs = ctx?.sourceElement.matches(".composer, .outbox") && (ctx.send || name === "htmx:config:request");
    if (isOurs) handle(ctx, event);
  });
}

/** 128 bits as URL-safe base64: `crypto.randomUUID` is missing on plain http. */
function createNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function clear(form) {
  const { body } = form.elements;
  body.value = "";
  body.removeAttribute("aria-invalid");
  form.querySelector(".error")?.remove();
  form.querySelector(".attachment-list").replaceChildren();
  saveDraft(form.dataset.conversation, { files: [] });
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

function describeStatus(status) {
  if (status === 404) return "Not sent. This conversation no longer exists.";
  if (status === 413) return "Not sent. The message is too long.";
  return "Not sent. Something went wrong on the server.";
}

function readError(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return (page.querySelector(".error") ?? page.querySelector(".relationship .name"))?.textContent.trim() || "Not sent.";
}
