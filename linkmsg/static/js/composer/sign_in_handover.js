import { accept, composerOf, reject } from "./send_queue.js";

/** Submit the composer without htmx, so that the sign-in page takes the text along. It can take only one message. */
export function submitToSignIn(ctx) {
  const form = composerOf(ctx.sourceElement.dataset.conversation);
  if (!form || form.dataset.isSubmitted) return reject(ctx, "Not sent. You were signed out.", ctx.send.nonce);
  accept(ctx);
  form.dataset.isSubmitted = true;
  form.elements.body.value = ctx.send.body;
  form.elements.nonce.value = ctx.send.nonce;
  form.querySelector(".attachment-list").replaceChildren(...ctx.send.files.map(({ key }) => Object.assign(document.createElement("input"), { type: "hidden", name: "attachment", value: key })));
  HTMLFormElement.prototype.submit.call(form);
}
