import { arrive } from "./arrive.js";
import { carried, conversationOf, keep, kept } from "./drafts.js";
import { composerOf, find, flush, flushAll, post, refuse, settle, wait } from "./outbox.js";
import { keepSend, release, show } from "./pending.js";

on("htmx:config:request", (ctx, event) => {
  const form = ctx.sourceElement;
  const { body } = ctx.request;
  if (!ctx.values) {
    event.preventDefault();
    const files = carried(form);
    if (body.get("body").trim() || files.length) {
      const to = document.getElementById("thread-h").textContent;
      post(conversationOf(form), { nonce: nonce(), body: body.get("body"), files, why: null, waits: false, action: ctx.request.action, to });
      empty(form);
    }
    return;
  }
  ctx.send = find(conversationOf(form), body.get("nonce"));
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
  const isSignedOut = status === 400 || status === 401 || raw.redirected;
  if (!isSignedOut) return;
  event.preventDefault();
  handOver(ctx);
});

on("htmx:before:swap", (ctx, event) => {
  const { status } = ctx.response;
  if (status < 400) return settle(ctx);
  if (status === 503) return wait(ctx, "The server is busy.");
  const isAnswered = [403, 409, 422, 429].includes(status);
  if (!isAnswered) return refuse(ctx, reason(status), ctx.send.nonce);
  const form = ctx.swap !== "none" && composerOf(conversationOf(ctx.sourceElement));
  if (form && !form.elements.body.value.trim() && !form.querySelector(".tray > *")) return settle(ctx);
  event.preventDefault();
  // Nothing was written under the old nonce, or something else was (409).
  refuse(ctx, sentenceIn(ctx.text), nonce());
});

on("htmx:after:swap", (ctx) => {
  const conversation = conversationOf(ctx.sourceElement);
  const isElsewhere = !ctx.sourceElement.matches(".composer") || !composerOf(conversation) || document.getElementById(`log-${conversation}`);
  if (ctx.response.status < 400 && !isElsewhere) location.assign(ctx.request.action);
});

on("htmx:error", (ctx) => {
  if (ctx.text !== undefined) return;
  const isLate = ctx.request.signal.reason === "timeout";
  const cause = isLate ? "The server did not answer in time." : "The server could not be reached.";
  // Leaving the page breaks its requests too: then this never runs, and the send goes on when she is back.
  setTimeout(wait, 250, ctx, navigator.onLine ? cause : "You are offline.");
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-retry], [data-discard]");
  if (!button) return;
  const { conversation } = button.closest("#thread").dataset;
  const send = find(conversation, button.closest("[data-nonce]").dataset.nonce);
  composerOf(conversation)?.elements.body.focus();
  if (button.matches("[data-discard]")) return release(conversation, send);
  keepSend(conversation, { ...send, why: null, waits: false });
  show(conversation, { ...send, why: null });
  flush(conversation);
});

arrive(".composer[hx-post], .closed[id]", (place) => {
  for (const send of kept(conversationOf(place)).sends) show(conversationOf(place), send);
  flush(conversationOf(place));
});

// In a page that knows nothing of threads it is fetched when the page is there.
if (document.readyState === "complete") flushAll();
else window.addEventListener("load", flushAll);

// The line is back, or may be: what waits goes by itself, in its order.
for (const name of ["live", "htmx:after:request"]) {
  document.addEventListener(name, ({ detail }) => {
    const isHeard = name === "live" || (detail.ctx?.response?.status < 400 && !detail.ctx.send);
    if (isHeard) flushAll();
  });
}

function on(name, act) {
  document.addEventListener(name, (event) => {
    const { ctx } = event.detail;
    const isOurs = ctx?.sourceElement.matches(".composer, .outbox") && (ctx.send || name === "htmx:config:request");
    if (isOurs) act(ctx, event);
  });
}

/** 128 bits, as URL-safe base64 (`crypto.randomUUID` is missing on plain http). */
function nonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function empty(form) {
  const { body } = form.elements;
  body.value = "";
  body.removeAttribute("aria-invalid");
  form.querySelector(".error")?.remove();
  form.querySelector(".tray").replaceChildren();
  keep(conversationOf(form), { files: [] });
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Lets the server's own page (sign in, try again) carry the text on; only one page can. */
function handOver(ctx) {
  const form = composerOf(conversationOf(ctx.sourceElement));
  if (!form || form.dataset.handedOver) return refuse(ctx, "Not sent. You were signed out.", ctx.send.nonce);
  settle(ctx);
  form.dataset.handedOver = true;
  form.elements.body.value = ctx.send.body;
  form.elements.nonce.value = ctx.send.nonce;
  form.querySelector(".tray").replaceChildren(...ctx.send.files.map(({ key }) => Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: key })));
  HTMLFormElement.prototype.submit.call(form);
}

function reason(status) {
  if (status === 404) return "Not sent. This conversation is no longer here.";
  if (status === 413) return "Not sent. It is too long to be sent at all.";
  return "Not sent. Something went wrong on the server.";
}

function sentenceIn(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return (page.querySelector(".error") ?? page.querySelector(".standing .name"))?.textContent.trim() || "Not sent.";
}
