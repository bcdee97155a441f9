// The files of the message being written: uploaded ones, and uploads under way.
import { attachedFiles, readDraft, saveDraft } from "../composer/outbox_store.js";
import { announce } from "../shell/page.js";
import { cancelSend, sendIfReady } from "./send_after_upload.js";
import { upload } from "./upload.js";
import { createItem, parseItem, replaceItem, showProgress, showState } from "./upload_card.js";

const maxFiles = 10;
const maxSize = 25 * 1024 * 1024;
const uploads = new Map();
const listOf = (form) => form.querySelector(".attachment-list");
const hasDraft = (form) => form.matches("[hx-post]");

/** Upload as many files as a message can have, and say why the others are left out. */
export function addFiles(form, files, voice = false) {
  const list = listOf(form);
  let room = 2 * maxSize - [...list.children].reduce((sum, { dataset }) => sum + Number(dataset.size), 0);
  let error = "";
  let count = 0;
  for (const file of files) {
    const why = errorOf(file, list.children.length, room);
    error ||= why;
    if (why) continue;
    room -= file.size;
    count += 1;
    startUpload(append(form, file, voice));
  }
  showError(form, error);
  if (error) cancelSend(form);
  if (count && !error) announce(count === 1 ? `Uploading ${files[0].name}.` : `Uploading ${count} files.`);
}

/** Show what is wrong with the chosen files; an empty sentence hides it. */
export function showError(form, sentence) {
  const line = form.querySelector("[data-file-error]");
  line.hidden = !sentence;
  line.querySelector("span").textContent = sentence;
  if (sentence) announce(sentence);
}

/** Restore the files of the draft, or store those that the server sent with the page. */
export function restoreFiles(form) {
  const list = listOf(form);
  if (!list.children.length && hasDraft(form)) list.append(...readDraft(form.dataset.conversation).files.map(({ html }) => parseItem(html)));
  for (const [item, job] of uploads) if (job.form === form.id && !item.isConnected) list.append(item);
  saveFiles(form);
}

/** Store the list in the draft. */
export function saveFiles(form) {
  if (hasDraft(form)) saveDraft(form.dataset.conversation, { files: attachedFiles(form) });
}

/** Abort an upload; return false if it has finished. */
export function cancelUpload(item) {
  const job = uploads.get(item);
  job?.abort.abort();
  return uploads.delete(item);
}

/** Upload a listed file, for the first time or again. */
export async function startUpload(item) {
  const job = uploads.get(item);
  job.abort = new AbortController();
  showState(item, "");
  try {
    const onProgress = (part, text) => showProgress(item, part, text);
    await finish(item, job, parseItem(await upload(job.file, { signal: job.abort.signal, voice: job.voice, onProgress })));
  } catch (why) {
    if (!job.abort.signal.aborted) fail(item, job, why);
  }
}

function errorOf({ name, size }, count, room) {
  if (size > maxSize) return `${name} is larger than 25 MiB. Split it, or upload it elsewhere and send a link.`;
  if (count >= maxFiles) return `A message can have ${maxFiles} files. Send the others in another message.`;
  return size > room ? "A message can have 50 MiB of files. Send some in another message." : "";
}

function append(form, file, voice) {
  const item = createItem(form, file, voice ? "Voice message" : file.name);
  uploads.set(item, { file, voice, form: form.id, conversation: form.dataset.conversation });
  listOf(form).append(item);
  return item;
}

function fail(item, { form }, why) {
  showState(item, String(why));
  if (item.isConnected) cancelSend(document.getElementById(form));
}

async function finish(item, job, uploaded) {
  if (item.isConnected) await replaceItem(item, uploaded);
  if (!uploads.delete(item)) return uploaded.remove();
  if (!uploaded.isConnected) return saveElsewhere(job, uploaded);
  const form = uploaded.closest("form");
  saveFiles(form);
  if (!form.querySelector(".attachment-list > [aria-busy=true]")) announce("Upload finished.");
  sendIfReady(form);
}

/** Another conversation is open by now, so the file goes to the draft of its own. */
function saveElsewhere({ conversation }, uploaded) {
  const key = uploaded.querySelector("[name=attachment]").value;
  saveDraft(conversation, { files: [...readDraft(conversation).files, { key, html: uploaded.outerHTML }] });
}

window.addEventListener("beforeunload", (event) => {
  if ([...uploads.keys()].some((item) => item.matches("[aria-busy=true]"))) event.preventDefault();
});
