// Photos of the log, large, one after the other. Without it, a photo is a link to its file.
const shots = () => [...document.querySelectorAll(".log .shot")];
let dialog;
let current;

/** Opens the viewer at a photo. */
export function view(shot) {
  dialog?.remove();
  dialog = build();
  document.body.append(dialog);
  dialog.showModal();
  show(shot);
  dialog.addEventListener("close", () => {
    dialog.remove();
    const isSeen = current.isConnected && current.checkVisibility();
    (isSeen ? current : shot).focus();
  });
}

function show(shot) {
  if (!shot) return;
  current = shot;
  const thumb = shot.querySelector("img");
  const name = thumb?.alt ?? shot.querySelector(".clip").textContent;
  const image = dialog.querySelector("img");
  const file = new URL(shot.href);
  file.search = "?download=";
  image.alt = name;
  dialog.querySelector("figcaption").textContent = name;
  dialog.querySelector("a").href = file;
  // A button that is really disabled would take the focus, and the arrow keys, with it.
  for (const way of [-1, 1]) dialog.querySelector(`[data-step="${way}"]`).ariaDisabled = !beside(way);
  // What the page has already stands there until the large one is here.
  image.src = thumb?.currentSrc || shot.href;
  load(image, shot);
}

async function load(image, shot) {
  const large = new Image();
  large.src = shot.href;
  dialog.setAttribute("aria-busy", "true");
  const isHere = await large.decode().then(() => true, () => false);
  if (current !== shot) return;
  dialog.setAttribute("aria-busy", "false");
  if (isHere) image.src = large.src;
  else dialog.querySelector("figcaption").textContent = `${image.alt}. It could not be loaded. Close this and try again.`;
}

function beside(step) {
  const all = shots();
  return all[all.indexOf(current) + step];
}

function build() {
  const made = document.createElement("dialog");
  const figure = document.createElement("figure");
  made.className = "viewer";
  made.setAttribute("aria-label", "Photo");
  figure.append(document.createElement("img"), document.createElement("figcaption"));
  made.append(button("Close", "x", () => made.close()), link(), figure, step("Previous photo", "arrow-left", -1), step("Next photo", "arrow-right", 1));
  made.addEventListener("keydown", ({ key }) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (way) show(beside(way));
  });
  made.addEventListener("click", ({ target }) => { if (target === made || target === figure) made.close(); });
  swipe(made);
  return made;
}

function step(name, icon, way) {
  const made = button(name, icon, () => show(beside(way)));
  made.dataset.step = way;
  return made;
}

function button(name, icon, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "icon-btn", title: name, ariaLabel: name });
  made.append(draw(icon));
  made.addEventListener("click", act);
  return made;
}

function link() {
  const made = Object.assign(document.createElement("a"), { download: "", className: "icon-btn", title: "Download", ariaLabel: "Download" });
  made.append(draw("download"));
  return made;
}

/** An icon from the page's own sprite. */
function draw(name) {
  const icon = document.querySelector("svg.icon").cloneNode(true);
  icon.setAttribute("class", "icon");
  icon.firstElementChild.setAttribute("href", `${icon.firstElementChild.getAttribute("href").split("#")[0]}#${name}`);
  return icon;
}

function swipe(made) {
  let from;
  made.addEventListener("touchstart", ({ touches }) => { from = touches.length === 1 ? touches[0].clientX : null; }, { passive: true });
  made.addEventListener("touchend", ({ changedTouches }) => {
    const way = changedTouches[0].clientX - from;
    if (from !== null && Math.abs(way) > 60 && (visualViewport?.scale ?? 1) === 1) show(beside(way < 0 ? 1 : -1));
  });
}
