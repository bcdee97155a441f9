// A message submitted during uploads is sent when they have finished. Typing on cancels that.
import { announce } from "../shell/page.js";

const isBusy = (form) => form.querySelector(".attachment-list[aria-busy], .attachment-list > [aria-busy=true], .recorder");
const hintOf = (form) => form.querySelector("[data-upload-wait]");

// Captures the event before htmx and the composer.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const failed = form.querySelector(".attachment-list > .failed");
  if (form.querySelector("[data-file-error]")) form.querySelector("[data-file-error]").hidden = true;
  if (!failed && !isBusy(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (failed) return failed.querySelector("button:not([hidden])").focus();
  form.querySelector(".recorder [data-stop]")?.click();
  sendAfterUpload(form);
}, true);

document.addEventListener("input", ({ target, detail }) => {
  if (target.name === "body" && detail !== "restored" && target.form?.querySelector("[data-upload-wait]")) cancelSend(target.form);
});

/** Send when all uploads have finished, which may be now. */
export function sendAfterUpload(form) {
  if (hintOf(form).hidden) announce(hintOf(form).textContent);
  hintOf(form).hidden = false;
  sendIfReady(form);
}

/** Cancel the automatic send. */
export function cancelSend(form) {
  hintOf(form).hidden = true;
}

/** Send a waiting message if its last upload has finished. */
export function sendIfReady(form) {
  if (!form || hintOf(form).hidden || isBusy(form)) return;
  cancelSend(form);
  if (!form.querySelector(".attachment-list > .failed")) form.requestSubmit();
}
