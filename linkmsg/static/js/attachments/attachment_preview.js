// Each uploaded file holds a template of how it looks in a message.

/** Show files in a pending message as they will look when it is sent. */
export function addPreviews(item, files) {
  const previews = files.map(({ html }) => previewOf(html));
  const photos = previews.filter((each) => each.matches("li"));
  const list = document.createElement("ul");
  list.className = "photos";
  list.append(...photos);
  if (photos.length > 4) photos[3].firstElementChild.dataset.more = `+${photos.length - 4}`;
  item.querySelector("[data-discard]").addEventListener("click", () => import("./attachment_requests.js").then(({ discardUploads }) => discardUploads(files)));
  if (previews.some((each) => each.querySelector("audio-player"))) import("./audio_player.js").catch(() => {});
  item.querySelector(".line").after(...(photos.length ? [list] : []), ...previews.filter((each) => !photos.includes(each)));
}

function previewOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return document.importNode(page.querySelector("template").content.firstElementChild, true);
}
