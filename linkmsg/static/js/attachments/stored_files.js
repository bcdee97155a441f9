// The files of a stored draft. Uploads that did not finish, and files that the server deleted, have to be chosen again.
import { readDraft } from "../composer/outbox_store.js";
import { detachedUploads, saveFiles } from "./attachment_list.js";
import { createItem, parseItem, showState } from "./upload_card.js";

const listOf = (form) => form.querySelector(".attachment-list");
const keyOf = (item) => item.querySelector("[name=attachment]")?.value;

/** Restore the files of the draft, or store those that the server sent with the page. */
export function restoreFiles(form) {
  const list = listOf(form);
  const running = detachedUploads(form);
  const stored = list.children.length ? [] : readDraft(form.dataset.conversation).files;
  list.append(...stored.filter(({ id }) => !id || !running.some(({ dataset }) => dataset.upload === id)).map((file) => itemOf(form, file)), ...running);
  saveFiles(form);
  checkFiles(form);
}

/** Show what another tab has stored. Its uploads are shown when they have finished. */
export function showStored(form) {
  const { files } = readDraft(form.dataset.conversation);
  const items = [...listOf(form).children];
  for (const item of items) {
    const isGone = keyOf(item) ? !files.some(({ key }) => key === keyOf(item)) : item.matches("[data-missing]") && !files.some(({ id }) => id === item.dataset.upload);
    if (isGone) item.remove();
  }
  listOf(form).append(...files.filter(({ key }) => key && !items.some((item) => keyOf(item) === key)).map(({ html }) => parseItem(html)));
}

/** Add the files of a message that was not sent. */
export function addStored(form, files) {
  listOf(form).append(...files.map((file) => itemOf(form, file)));
  saveFiles(form);
  checkFiles(form);
}

function itemOf(form, { html, id, name, voice }) {
  return html ? parseItem(html) : createMissing(form, name, voice, `Not uploaded. ${voice ? "Record" : "Choose"} it again.`, id);
}

function createMissing(form, name, voice, why, id = Math.random()) {
  const item = createItem(form, { name, type: "", size: 0 }, name);
  Object.assign(item.dataset, { upload: id, missing: voice ? "voice" : "file" });
  showState(item, why);
  const button = item.querySelector("[data-retry-upload]");
  button.textContent = "Choose file";
  button.hidden = voice;
  return item;
}

/** The server keeps files that are not sent for a day. */
async function checkFiles(form) {
  for (const item of [...listOf(form).children].filter(keyOf)) {
    const { status } = await fetch(`/files/${keyOf(item)}/x`, { method: "HEAD" }).catch(() => ({}));
    if (status !== 404 || !item.isConnected) continue;
    const voice = Boolean(item.querySelector("audio"));
    const name = voice ? "Voice message" : item.querySelector("strong").title;
    item.replaceWith(createMissing(form, name, voice, `No longer on the server. ${voice ? "Record" : "Choose"} it again.`));
    saveFiles(form);
  }
}
