// A file on its way, as it is shown in the tray.
import { announce } from "./arrive.js";
import { weight } from "./upload.js";

const icons = { image: "image", video: "video", audio: "music" };

/** A card for a file that comes, from the page's own template. */
export function card(form, file, name) {
  const item = form.querySelector("[data-shape]").content.firstElementChild.cloneNode(true);
  const [kind] = file.type.split("/");
  const icon = item.querySelector("use");
  item.dataset.size = file.size;
  item.querySelector("strong").textContent = name;
  item.querySelector("progress").setAttribute("aria-label", `Uploading ${name}`);
  item.querySelector(".sr").textContent = `Cancel ${name}`;
  icon.setAttribute("href", icon.getAttribute("href").replace("file-text", icons[kind] ?? "file-text"));
  if (kind === "image") preview(item, file);
  return item;
}

/** Shows a card under way, or why it did not arrive. */
export function paint(item, why) {
  item.classList.toggle("failed", Boolean(why));
  item.setAttribute("aria-busy", String(!why));
  item.querySelector("progress").hidden = Boolean(why);
  item.querySelector("[data-again]").hidden = !why;
  progress(item, 0, why || weight(Number(item.dataset.size)));
  if (why) announce(`${item.querySelector("strong").textContent} was not uploaded. ${why}`);
}

/** Shows how far it is. */
export function progress(item, part, words) {
  item.querySelector("progress").value = part;
  item.querySelector("small").textContent = words;
}

/** The chip of a file that is here, from what the server has drawn. */
export function drawn(html) {
  const chip = document.importNode(new DOMParser().parseFromString(html, "text/html").querySelector("li"), true);
  chip.removeAttribute("aria-busy");
  // Sent when it is changed, not with the message: its name is for those without scripts.
  chip.querySelector("[data-describe]")?.removeAttribute("name");
  return chip;
}

/** Puts a chip in the place of its card, with its picture, so that nothing blinks. */
export async function replace(item, chip) {
  const late = new Promise((done) => { setTimeout(done, 1000); });
  await Promise.race([chip.querySelector("img")?.decode().catch(() => {}), late]);
  const hasFocus = item.contains(document.activeElement);
  const image = item.querySelector("img");
  if (image) URL.revokeObjectURL(image.src);
  item.replaceWith(chip);
  if (hasFocus) chip.querySelector("[data-remove]").focus();
}

function preview(item, file) {
  const image = new Image(48, 48);
  image.onload = () => item.querySelector(".icon")?.replaceWith(image);
  image.src = URL.createObjectURL(file);
}
