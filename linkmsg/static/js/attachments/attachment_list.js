// The files of the message being written: uploaded ones, and uploads under way.
import { readDraft, saveDraft } from "../composer/outbox_store.js";
import { announce } from "../shell/page.js";
import { cancelSend, sendIfReady } from "./send_after_upload.js";
import { upload } from "./upload.js";
import { createItem, parseItem, replaceItem, showProgress, showState } from "./upload_card.js";

const maxFiles = 10;
const maxSize = 25 * 1024 * 1024;
const uploads = new Map();
const listOf = (form) => form.querySelector(".attachment-list");

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

/** Return the items of a form's uploads that have left the page with it. */
export const detachedUploads = (form) => [...uploads].filter(([item, job]) => job.form === form.id && !item.isConnected).map(([item]) => item);

/** Store the list in the draft: uploaded files with their keys, and the names of the others. */
export function saveFiles(form) {
  const { conversation } = form.dataset;
  if (conversation) saveDraft(conversation, { files: [...listOf(form).children].map(entryOf) });
}

function entryOf(item) {
  const key = item.querySelector("[name=attachment]")?.value;
  return key ? { key, html: item.outerHTML } : { id: item.dataset.upload, name: item.querySelector("strong").textContent, voice: uploads.get(item)?.voice ?? item.dataset.missing === "voice" };
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
  item.dataset.upload = Math.random();
  uploads.set(item, { file, voice, form: form.id, conversation: form.dataset.conversation });
  listOf(form).append(item);
  saveFiles(form);
  return item;
}

function fail(item, { form }, { sentence, isFinal }) {
  showState(item, sentence ?? "Something went wrong.", isFinal);
  if (item.isConnected) cancelSend(document.getElementById(form));
}

async function finish(item, job, uploaded) {
  if (item.isConnected) await replaceItem(item, uploaded);
  if (!uploads.delete(item)) return uploaded.remove();
  if (!uploaded.isConnected) return saveElsewhere(job, item, uploaded);
  const form = uploaded.closest("form");
  saveFiles(form);
  if (!form.querySelector(".attachment-list > [aria-busy=true]")) announce("Upload finished.");
  sendIfReady(form);
}

/** Another conversation is open by now, so the file goes to the draft of its own. */
function saveElsewhere({ conversation }, item, uploaded) {
  if (conversation) saveDraft(conversation, { files: [...readDraft(conversation).files.filter(({ id }) => id !== item.dataset.upload), entryOf(uploaded)] });
}

window.addEventListener("beforeunload", (event) => {
  if ([...uploads.keys()].some((item) => item.matches("[aria-busy=true]"))) event.preventDefault();
});
