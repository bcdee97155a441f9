import { arrive } from "./arrive.js";
import { conversationOf, kept } from "./drafts.js";
import { fail, keepSend, release, show } from "./pending.js";

const awaited = new Set();
const composerOf = (conversation) => document.getElementById(`composer-${conversation}`);

on("htmx:config:request", (ctx, event) => {
  const form = ctx.sourceElement;
  const { body } = ctx.request;
  if (!body.get("body").trim()) return event.preventDefault();
  if (!ctx.values) body.set("nonce", nonce());
  ctx.send = { nonce: body.get("nonce"), body: body.get("body"), why: null };
  // With a target that has left the page meanwhile, htmx would drop the whole answer.
  ctx.target = null;
  ctx.request.timeout = 20000;
  // A kept-alive request outlives the page, but browsers cap its body at 64 kB.
  ctx.request.keepalive = ctx.send.body.length < 5000;
  if (!ctx.values) empty(form);
  awaited.add(ctx.send.nonce);
  keepSend(conversationOf(form), ctx.send);
  show(conversationOf(form), ctx.send, !ctx.values);
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
  if (ctx.swap === "none") return refuse(ctx, reason(status), ctx.send.nonce);
  const form = composerOf(conversationOf(ctx.sourceElement));
  if (form && !form.elements.body.value.trim()) return settle(ctx);
  event.preventDefault();
  // Nothing was written under the old nonce, or something else was (409).
  refuse(ctx, sentenceIn(ctx.text), nonce());
});

on("htmx:after:swap", (ctx) => {
  const conversation = conversationOf(ctx.sourceElement);
  const isElsewhere = !composerOf(conversation) || document.getElementById(`log-${conversation}`);
  if (ctx.response.status < 400 && !isElsewhere) location.assign(ctx.request.action);
});

on("htmx:error", (ctx) => {
  if (ctx.text !== undefined) return;
  const isLate = ctx.request.signal.reason === "timeout";
  const cause = isLate ? "The server did not answer in time." : "The server could not be reached.";
  const why = `Not sent. ${navigator.onLine ? cause : "You were offline."}`;
  // Leaving the page breaks its requests too: then this never runs, and the send goes on when she is back.
  setTimeout(refuse, 250, ctx, why, ctx.send.nonce);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-retry], [data-discard]");
  const form = button?.closest("#thread").querySelector(".composer");
  if (!form) return;
  const send = find(conversationOf(form), button.closest("[data-nonce]").dataset.nonce);
  form.elements.body.focus();
  if (button.matches("[data-retry]")) post(form, send);
  else release(conversationOf(form), send);
});

arrive(".composer[hx-post]", (form) => {
  for (const send of kept(conversationOf(form)).sends) {
    show(conversationOf(form), send);
    if (send.why === null && !awaited.has(send.nonce)) post(form, send);
  }
});

function on(name, act) {
  document.addEventListener(name, (event) => {
    const { ctx } = event.detail;
    const isOurs = ctx?.sourceElement.matches(".composer") && (ctx.send || name === "htmx:config:request");
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
  body.focus();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

function find(conversation, nonce) {
  return kept(conversation).sends.find((send) => send.nonce === nonce);
}

function post(form, { nonce, body }) {
  htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, swap: "none", values: { nonce, body } });
}

function settle({ sourceElement, send }) {
  awaited.delete(send.nonce);
  release(conversationOf(sourceElement), send);
}

function refuse({ sourceElement, send }, why, nonce) {
  awaited.delete(send.nonce);
  fail(conversationOf(sourceElement), send, { why, nonce });
}

/** Lets the server's own page (sign in, try again) carry the text on; only one page can. */
function handOver(ctx) {
  const form = composerOf(conversationOf(ctx.sourceElement));
  if (!form || form.dataset.handedOver) return refuse(ctx, "Not sent. You were signed out.", ctx.send.nonce);
  settle(ctx);
  form.dataset.handedOver = true;
  form.elements.body.value = ctx.send.body;
  form.elements.nonce.value = ctx.send.nonce;
  HTMLFormElement.prototype.submit.call(form);
}

function reason(status) {
  if (status === 404) return "Not sent. This conversation is no longer here.";
  if (status === 413) return "Not sent. It is too long to be sent at all.";
  if (status === 503) return "Not sent. The server is busy.";
  return "Not sent. Something went wrong on the server.";
}

function sentenceIn(answer) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  return page.querySelector(".error")?.textContent.trim() || "Not sent.";
}
