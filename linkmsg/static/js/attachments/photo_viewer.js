// Shows the photos of the log in a dialog. Without this module a photo is a link to its file.
const photos = () => [...document.querySelectorAll(".log .photo")];
let dialog;
let current;

/** Open the viewer at a photo. */
export function openViewer(photo) {
  dialog?.remove();
  dialog = createDialog();
  document.body.append(dialog);
  dialog.showModal();
  show(photo);
  dialog.addEventListener("close", () => {
    dialog.remove();
    const isVisible = current.isConnected && current.checkVisibility();
    (isVisible ? current : photo).focus();
  });
}

function show(photo) {
  if (!photo) return;
  current = photo;
  const thumb = photo.querySelector("img");
  const name = thumb?.alt ?? photo.querySelector(".clip").textContent;
  const image = dialog.querySelector("img");
  const file = new URL(photo.href);
  file.search = "?download=";
  image.alt = name;
  dialog.querySelector("figcaption").textContent = name;
  dialog.querySelector("a").href = file;
  // A disabled button would lose the focus, and with it the arrow keys.
  for (const step of [-1, 1]) dialog.querySelector(`[data-step="${step}"]`).ariaDisabled = !neighbour(step);
  // Shows the thumbnail until the large photo is loaded.
  image.src = thumb?.currentSrc || photo.href;
  load(image, photo);
}

async function load(image, photo) {
  const large = new Image();
  large.src = photo.href;
  dialog.setAttribute("aria-busy", "true");
  const isLoaded = await large.decode().then(() => true, () => false);
  if (current !== photo) return;
  dialog.setAttribute("aria-busy", "false");
  if (isLoaded) image.src = large.src;
  else dialog.querySelector("figcaption").textContent = `${image.alt}. It could not be loaded. Close this and try again.`;
}

function neighbour(step) {
  const all = photos();
  return all[all.indexOf(current) + step];
}

function createDialog() {
  const viewer = document.createElement("dialog");
  const figure = document.createElement("figure");
  viewer.className = "viewer";
  viewer.setAttribute("aria-label", "Photo");
  figure.append(document.createElement("img"), document.createElement("figcaption"));
  viewer.append(createButton("Close", "x", () => viewer.close()), createDownloadLink(), figure, createStepButton("Previous photo", "arrow-left", -1), createStepButton("Next photo", "arrow-right", 1));
  viewer.addEventListener("keydown", ({ key }) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) show(neighbour(step));
  });
  viewer.addEventListener("click", ({ target }) => { if (target === viewer || target === figure) viewer.close(); });
  addSwipe(viewer);
  return viewer;
}

function createStepButton(name, icon, step) {
  const button = createButton(name, icon, () => show(neighbour(step)));
  button.dataset.step = step;
  return button;
}

function createButton(name, icon, onClick) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "icon-btn", title: name, ariaLabel: name });
  button.append(createIcon(icon));
  button.addEventListener("click", onClick);
  return button;
}

function createDownloadLink() {
  const link = Object.assign(document.createElement("a"), { download: "", className: "icon-btn", title: "Download", ariaLabel: "Download" });
  link.append(createIcon("download"));
  return link;
}

/** An icon from the page's own sprite. */
function createIcon(name) {
  const icon = document.querySelector("svg.icon").cloneNode(true);
  icon.setAttribute("class", "icon");
  icon.firstElementChild.setAttribute("href", `${icon.firstElementChild.getAttribute("href").split("#")[0]}#${name}`);
  return icon;
}

function addSwipe(viewer) {
  let startX;
  viewer.addEventListener("touchstart", ({ touches }) => { startX = touches.length === 1 ? touches[0].clientX : null; }, { passive: true });
  viewer.addEventListener("touchend", ({ changedTouches }) => {
    const distance = changedTouches[0].clientX - startX;
    if (startX !== null && Math.abs(distance) > 60 && (visualViewport?.scale ?? 1) === 1) show(neighbour(distance < 0 ? 1 : -1));
  });
}
