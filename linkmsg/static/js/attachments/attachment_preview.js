// How the files of a message on its way will stand in it: as the server has drawn them with each chip.

/** Puts files into a message that is not there yet. */
export function fill(item, files) {
  const pieces = files.map(({ chip }) => pieceOf(chip));
  const photos = pieces.filter((piece) => piece.matches("li"));
  const list = document.createElement("ul");
  list.className = "shots";
  list.append(...photos);
  if (photos.length > 4) photos[3].firstElementChild.dataset.more = `+${photos.length - 4}`;
  item.querySelector("[data-discard]").addEventListener("click", () => import("./chips.js").then(({ giveBack }) => giveBack(files)));
  item.querySelector(".line").after(...(photos.length ? [list] : []), ...pieces.filter((piece) => !photos.includes(piece)));
}

function pieceOf(chip) {
  const page = new DOMParser().parseFromString(chip, "text/html");
  return document.importNode(page.querySelector("template").content.firstElementChild, true);
}
