// A message goes when its files are here. What is written meanwhile takes that back.
import { announce } from "./arrive.js";

const isBusy = (form) => form.querySelector(".tray[aria-busy], .tray > [aria-busy=true], .recorder");
const line = (form) => form.querySelector("[data-waits]");

// Before anybody else hears of it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const failed = form.querySelector(".tray > .failed");
  if (form.querySelector("[data-not-taken]")) form.querySelector("[data-not-taken]").hidden = true;
  if (!failed && !isBusy(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (failed) return failed.querySelector("[data-again]").focus();
  form.querySelector(".recorder [data-stop]")?.click();
  wait(form);
}, true);

document.addEventListener("input", ({ target, detail }) => {
  if (target.name === "body" && detail !== "restored" && target.form?.querySelector("[data-waits]")) unwait(target.form);
});

/** Sends when the files are here, which may be now. */
export function wait(form) {
  if (line(form).hidden) announce(line(form).textContent);
  line(form).hidden = false;
  settle(form);
}

/** Nothing is sent by itself any more. */
export function unwait(form) {
  line(form).hidden = true;
}

/** Sends what has waited, if the last file is here. */
export function settle(form) {
  if (!form || line(form).hidden || isBusy(form)) return;
  unwait(form);
  if (!form.querySelector(".tray > .failed")) form.requestSubmit();
}
