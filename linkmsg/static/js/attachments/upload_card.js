// A listed file during its upload.
import { loadModule } from "../shell/load_module.js";
import { announce, fromTemplate } from "../shell/page.js";
import { formatSize } from "./upload.js";

const icons = { image: "image", video: "video", audio: "music" };

/** Create the list item of an upload from the page's own template. */
export function createItem(form, file, name) {
  const item = fromTemplate(form.querySelector("[data-upload-template]"));
  const [kind] = file.type.split("/");
  const icon = item.querySelector("use");
  item.dataset.size = file.size;
  item.querySelector("strong").textContent = name;
  item.querySelector("progress").setAttribute("aria-label", `Uploading ${name}`);
  item.querySelector(".sr").textContent = `Cancel ${name}`;
  icon.setAttribute("href", icon.getAttribute("href").replace("file-text", icons[kind] ?? "file-text"));
  if (kind === "image") showThumbnail(item, file);
  return item;
}

/** Show that an upload is under way, or why it failed, and whether that is final. */
export function showState(item, why, isFinal = false) {
  item.classList.toggle("failed", Boolean(why));
  item.setAttribute("aria-busy", String(!why));
  item.querySelector("progress").hidden = Boolean(why);
  item.querySelector("[data-retry-upload]").hidden = !why || isFinal;
  showProgress(item, 0, why || formatSize(Number(item.dataset.size)));
  if (why) announce(`${item.querySelector("strong").textContent} was not uploaded. ${why}`);
}

/** Show progress as a part of 1 and in words. */
export function showProgress(item, part, text) {
  item.querySelector("progress").value = part;
  item.querySelector("small").textContent = text;
}

/** Return the list item of an uploaded file from the server's HTML. */
export function parseItem(html) {
  const item = document.importNode(new DOMParser().parseFromString(html, "text/html").querySelector("li"), true);
  item.removeAttribute("aria-busy");
  if (item.querySelector("audio-player")) loadModule("attachments/audio_player");
  // Scripts save the description when it changes. The name would also send it with the message.
  item.querySelector("[data-describe]")?.removeAttribute("name");
  return item;
}

/** Replace the item of an upload when the thumbnail is decoded, so that nothing flickers. */
export async function replaceItem(item, uploaded) {
  const timeout = new Promise((done) => { setTimeout(done, 1000); });
  await Promise.race([uploaded.querySelector("img")?.decode().catch(() => {}), timeout]);
  const hasFocus = item.contains(document.activeElement);
  const image = item.querySelector("img");
  if (image) URL.revokeObjectURL(image.src);
  item.replaceWith(uploaded);
  if (hasFocus) uploaded.querySelector("[data-remove]").focus();
}

function showThumbnail(item, file) {
  const image = new Image(48, 48);
  image.onload = () => item.querySelector(".icon")?.replaceWith(image);
  image.src = URL.createObjectURL(file);
}
