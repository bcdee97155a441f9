// Buttons and fields of a listed file: remove it, upload it again, describe it.
import { cancelUpload, saveFiles, showError, startUpload } from "./attachment_list.js";
import { postForm } from "./attachment_requests.js";
import { cancelSend, sendIfReady } from "./send_after_upload.js";

export { addFiles } from "./attachment_list.js";
export { addStored, restoreFiles, showStored } from "./stored_files.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest(".attachment-list button");
  const item = button?.closest("li");
  if (button?.matches("[data-retry-upload]")) {
    item.querySelector("[data-remove]").focus();
    if (item.matches("[data-missing]")) chooseAgain(item);
    else startUpload(item);
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

/** The chosen file takes the place of a missing one. */
function chooseAgain(item) {
  const { files } = item.closest("form").elements;
  files.onchange = () => { item.remove(); };
  files.oncancel = () => { files.onchange = null; };
  files.click();
}

function remove(item, address) {
  const form = item.closest("form");
  const next = item.nextElementSibling ?? item.previousElementSibling;
  if (!cancelUpload(item) && address) postForm(address).catch(() => {});
  item.remove();
  (next?.querySelector("[data-remove]") ?? form.elements.body).focus();
  showError(form, "");
  cancelSend(form);
  saveFiles(form);
}

async function describe(field) {
  const { form } = field;
  const item = field.closest("li");
  item.setAttribute("aria-busy", "true");
  const answer = await postForm(field.dataset.describe, { alt: field.value }).catch(() => ({ ok: false }));
  item.removeAttribute("aria-busy");
  showError(form, answer.ok ? "" : "The description wasn’t saved. Try again.");
  field.setAttribute("value", field.value);
  item.querySelector("template").content.querySelector("img").alt = field.value;
  saveFiles(form);
  sendIfReady(form);
}
