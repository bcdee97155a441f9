// The files that go with what is being written: those that are here, and those that come.
import { announce } from "./arrive.js";
import { card, drawn, paint, progress, replace } from "./cards.js";
import { carried, conversationOf, keep, kept } from "./drafts.js";
import "./chips.js";
import { upload } from "./upload.js";
import { settle, unwait } from "./waiting.js";

const most = 10;
const largest = 25 * 1024 * 1024;
const coming = new Map();
const trayOf = (form) => form.querySelector(".tray");
const isKept = (form) => form.matches("[hx-post]");

/** Takes in as many files as a message can carry. What it can't is named, and goes nowhere. */
export function take(form, files, voice = false) {
  const tray = trayOf(form);
  let room = 2 * largest - [...tray.children].reduce((sum, { dataset }) => sum + Number(dataset.size), 0);
  let fault = "";
  let count = 0;
  for (const file of files) {
    const why = faultOf(file, tray.children.length, room);
    fault ||= why;
    if (why) continue;
    room -= file.size;
    count += 1;
    start(add(form, file, voice));
  }
  say(form, fault);
  if (fault) unwait(form);
  if (count && !fault) announce(count === 1 ? `Uploading ${files[0].name}.` : `Uploading ${count} files.`);
}

/** Says what is wrong with what was chosen; an empty sentence takes it back. */
export function say(form, sentence) {
  const line = form.querySelector("[data-not-taken]");
  line.hidden = !sentence;
  line.querySelector("span").textContent = sentence;
  if (sentence) announce(sentence);
}

/** Puts back what a draft carried, or keeps what the server gave back with it. */
export function restore(form) {
  const tray = trayOf(form);
  if (!tray.children.length && isKept(form)) tray.append(...kept(conversationOf(form)).files.map(({ chip }) => drawn(chip)));
  for (const [item, job] of coming) if (job.form === form.id && !item.isConnected) tray.append(item);
  keepTray(form);
}

/** Keeps what a draft carries. */
export function keepTray(form) {
  if (isKept(form)) keep(conversationOf(form), { files: carried(form) });
}

/** Stops a file on its way; false if it has arrived. */
export function stop(item) {
  const job = coming.get(item);
  job?.abort.abort();
  return coming.delete(item);
}

/** Uploads what stands in the tray, once more if need be. */
export async function start(item) {
  const job = coming.get(item);
  job.abort = new AbortController();
  paint(item, "");
  try {
    const tell = (part, words) => progress(item, part, words);
    await arrived(item, job, drawn(await upload(job.file, { signal: job.abort.signal, voice: job.voice, tell })));
  } catch (why) {
    if (!job.abort.signal.aborted) fail(item, job, why);
  }
}

function faultOf({ name, size }, count, room) {
  if (size > largest) return `${name} is larger than 25 MiB. Send it in parts, or put it somewhere and send the link.`;
  if (count >= most) return `A message can carry ${most} files. Send the others in another one.`;
  return size > room ? "The files of a message can have 50 MiB together. Send some in another one." : "";
}

function add(form, file, voice) {
  const item = card(form, file, voice ? "Voice message" : file.name);
  coming.set(item, { file, voice, form: form.id });
  trayOf(form).append(item);
  return item;
}

function fail(item, { form }, why) {
  paint(item, String(why));
  if (item.isConnected) unwait(document.getElementById(form));
}

async function arrived(item, job, chip) {
  if (item.isConnected) await replace(item, chip);
  if (!coming.delete(item)) return chip.remove();
  if (!chip.isConnected) return elsewhere(job, chip);
  const form = chip.closest("form");
  keepTray(form);
  if (!form.querySelector(".tray > [aria-busy=true]")) announce("The files are here.");
  settle(form);
}

/** She has gone to another conversation meanwhile: it waits in the draft of its own. */
function elsewhere({ form }, chip) {
  const conversation = conversationOf({ id: form });
  const key = chip.querySelector("[name=attachment]").value;
  keep(conversation, { files: [...kept(conversation).files, { key, chip: chip.outerHTML }] });
}

window.addEventListener("beforeunload", (event) => {
  if ([...coming.keys()].some((item) => item.matches("[aria-busy=true]"))) event.preventDefault();
});
