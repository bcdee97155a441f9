// The htmx requests of composers: each form becomes a queued message, and each answer settles one.
import { onInsert } from "../shell/page.js";
import { createNonce, findSend, removeSend, saveDraft, saveSend } from "./outbox_store.js";
import { accept, composerOf, enqueue, retryLater, sendAll, sendNext, sendOn } from "./send_queue.js";
import "./unsent_messages.js";

on("htmx:config:request", (ctx, event) => {
  const form = ctx.sourceElement;
  const { body } = ctx.request;
  if (!ctx.values) {
    event.preventDefault();
    const files = [...form.querySelectorAll(".attachment-list [name=attachment]")].map((box) => ({ key: box.value, html: box.closest("li").outerHTML }));
    if (body.get("body").trim() || files.length) {
      const to = document.getElementById("thread-h").textContent;
      enqueue(form.dataset.conversation, { nonce: createNonce(), body: body.get("body"), files, why: null, waits: false, action: ctx.request.action, to });
      clear(form);
    }
    return;
  }
  ctx.send = findSend(form.dataset.conversation, body.get("nonce"));
  if (!ctx.send) {
    event.preventDefault();
    return sendOn(form.dataset.conversation);
  }
  body.delete("files");
  body.delete("attachment");
  for (const { key } of ctx.send.files) body.append("attachment", key);
  // With a target that has left the page meanwhile, htmx would drop the whole answer.
  ctx.target = null;
  ctx.request.timeout = 20000;
  // A kept-alive request outlives the page, but browsers cap its body at 64 kB.
  ctx.request.keepalive = ctx.send.body.length < 5000;
});

// A 401 leads to the sign-in page, and the message is sent after it.
on("htmx:after:request", (ctx, event) => {
  const { status, raw } = ctx.response;
  if (status !== 400 && !raw.redirected) return;
  event.preventDefault();
  import("./token_renewal.js").then(({ renewToken }) => renewToken(ctx)).catch(() => retryLater(ctx));
});

on("htmx:before:swap", (ctx, event) => {
  const { status } = ctx.response;
  if (status < 400) return accept(ctx);
  if (status > 501) return retryLater(ctx, { 503: "The server is busy.", 507: "The server is out of space. Tell an administrator." }[status]);
  const form = [403, 409, 422, 429].includes(status) && ctx.swap !== "none" && composerOf(ctx.sourceElement.dataset.conversation);
  // What was just written goes back to the field. What had to wait may be about something else.
  if (form && !ctx.send.waits && !form.elements.body.value.trim() && !form.querySelector(".attachment-list > *")) return accept(ctx);
  event.preventDefault();
  import("./rejections.js").then(({ reject }) => reject(ctx), () => retryLater(ctx));
});

// Opened at an old message, a thread does not show the one just sent.
on("htmx:after:swap", ({ sourceElement: form, request, response }) => {
  if (response.status < 400 && form.isConnected && form.matches(".composer") && !document.getElementById(`log-${form.dataset.conversation}`)) location.assign(request.action);
});

on("htmx:error", (ctx) => {
  if (ctx.text !== undefined) return;
  // Leaving the page aborts its requests too. Then this never runs, and the next page sends.
  setTimeout(retryLater, 250, ctx, navigator.onLine ? "The server can’t be reached." : "You’re offline.");
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-retry], [data-discard], [data-edit]");
  if (!button) return;
  const { conversation } = button.closest("#thread").dataset;
  const send = findSend(conversation, button.closest("[data-nonce]").dataset.nonce);
  const composer = composerOf(conversation);
  composer?.elements.body.focus();
  if (button.matches("[data-edit]")) return import("./message_editing.js").then(({ edit }) => edit(composer, send), () => {});
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
