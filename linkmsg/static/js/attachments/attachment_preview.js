// Each uploaded file holds a template of how it looks in a message.
import { loadModule } from "../shell/load_module.js";
import { fromTemplate } from "../shell/page.js";
import { discardUploads } from "./attachment_requests.js";

/** Show files in a pending message as they will look when it is sent. */
export function addPreviews(item, files) {
  const previews = files.map(({ html }) => previewOf(html));
  const photos = previews.filter((each) => each.matches("li"));
  const list = document.createElement("ul");
  list.className = "photos";
  list.append(...photos);
  if (photos.length > 4) photos[3].firstElementChild.dataset.more = `+${photos.length - 4}`;
  item.querySelector("[data-discard]").addEventListener("click", () => discardUploads(files));
  if (previews.some((each) => each.querySelector("audio-player"))) loadModule("attachments/audio_player");
  item.querySelector(".line").after(...(photos.length ? [list] : []), ...previews.filter((each) => !photos.includes(each)));
}

function previewOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const preview = fromTemplate(page.querySelector("template"));
  const image = preview.querySelector("img");
  if (image) image.alt = page.querySelector("[data-describe]")?.getAttribute("value") || image.alt;
  return preview;
}
