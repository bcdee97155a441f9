// What one does with a file in the tray: take it away, try again, say what it shows.
import { keepTray, say, start, stop } from "./tray.js";
import { settle, unwait } from "./waiting.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".tray button");
  const item = button?.closest("li");
  if (button?.matches("[data-again]")) {
    item.querySelector("[data-remove]").focus();
    start(item);
  }
  if (button?.matches("[data-remove]")) remove(item, button.dataset.remove);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-describe]")) describe(target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-describe]")) return;
  event.preventDefault();
  event.target.form.elements.body.focus();
});

function remove(item, address) {
  const form = item.closest("form");
  const next = item.nextElementSibling ?? item.previousElementSibling;
  if (!stop(item)) post(address).catch(() => {});
  item.remove();
  (next?.querySelector("[data-remove]") ?? form.elements.body).focus();
  say(form, "");
  unwait(form);
  keepTray(form);
}

async function describe(field) {
  const { form } = field;
  const item = field.closest("li");
  item.setAttribute("aria-busy", "true");
  const answer = await post(field.dataset.describe, { alt: field.value }).catch(() => ({ ok: false }));
  item.removeAttribute("aria-busy");
  say(form, answer.ok ? "" : "What you said of the image was not saved. Change it once more.");
  field.setAttribute("value", field.value);
  item.querySelector("template").content.querySelector("img").alt = field.value;
  keepTray(form);
  settle(form);
}

/** Gives back what was uploaded for a message that is discarded; if that has arrived after all, it stays. */
export function giveBack(files) {
  for (const { key } of files) post(`/uploads/${key}/discard`).catch(() => {});
}

function post(address, fields = {}) {
  const body = new URLSearchParams({ csrf_token: document.querySelector("#acts [name=csrf_token]").value, ...fields });
  return fetch(address, { method: "POST", body, keepalive: true });
}
