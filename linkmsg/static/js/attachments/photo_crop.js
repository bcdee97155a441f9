// Chooses the square of a profile photo: drag it or use the arrow keys; the slider zooms.
const form = document.querySelector(".photo-form");
const file = form?.querySelector("[type=file]");
const fields = form?.querySelector("[data-crop]");
const step = 0.05;
let cropper;

file?.addEventListener("change", () => {
  cropper?.remove();
  fields.disabled = true;
  const [chosen] = file.files;
  if (!chosen?.type.startsWith("image/")) return;
  cropper = createCropper(URL.createObjectURL(chosen));
  file.closest(".field").after(cropper);
});

function createCropper(source) {
  const cropper = document.createElement("div");
  cropper.className = "crop";
  const view = cropper.appendChild(document.createElement("div"));
  view.className = "crop-view";
  view.tabIndex = 0;
  view.setAttribute("role", "application");
  view.setAttribute("aria-label", "Your photo. Use the arrow keys to move it.");
  const image = view.appendChild(new Image());
  image.alt = "";
  image.draggable = false;
  image.addEventListener("load", () => start(view, image));
  image.addEventListener("error", () => cropper.remove());
  image.src = source;
  const label = cropper.appendChild(document.createElement("label"));
  label.append("Zoom", createSlider(view, image));
  return cropper;
}

function createSlider(view, image) {
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", min: 1, max: 4, step: 0.01, value: 1 });
  slider.addEventListener("input", () => {
    field("size").value = 1 / Number(slider.value);
    slider.style.setProperty("--filled", `${(slider.value - slider.min) / (slider.max - slider.min) * 100}%`);
    place(view, image);
  });
  return slider;
}

function start(view, image) {
  fields.disabled = false;
  Object.assign(field("left"), { value: 0.5 });
  Object.assign(field("top"), { value: 0.5 });
  field("size").value = 1 / Number(view.parentElement.querySelector("[type=range]").value);
  place(view, image);
  view.addEventListener("pointermove", ({ buttons, movementX, movementY }) => buttons && move(view, image, -movementX, -movementY));
  view.addEventListener("pointerdown", ({ pointerId }) => view.setPointerCapture(pointerId));
  view.addEventListener("keydown", (event) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
    if (x === undefined) return;
    event.preventDefault();
    move(view, image, x * step * view.clientWidth, y * step * view.clientWidth);
  });
}

const field = (name) => form.elements[name];

/** The size of the whole photo in pixels, when the square fills the view. */
function sizeOf(view, image) {
  const side = Math.min(image.naturalWidth, image.naturalHeight) * Number(field("size").value);
  const scale = view.clientWidth / side;
  return [image.naturalWidth * scale, image.naturalHeight * scale];
}

function move(view, image, x, y) {
  const [width, height] = sizeOf(view, image);
  shift("left", x, width - view.clientWidth);
  shift("top", y, height - view.clientWidth);
  place(view, image);
}

function shift(name, by, room) {
  if (room > 0) field(name).value = Math.min(1, Math.max(0, Number(field(name).value) + by / room));
}

function place(view, image) {
  const [width, height] = sizeOf(view, image);
  const left = -Number(field("left").value) * (width - view.clientWidth);
  const top = -Number(field("top").value) * (height - view.clientWidth);
  Object.assign(image.style, { width: `${width}px`, height: `${height}px`, transform: `translate(${left}px, ${top}px)` });
}
