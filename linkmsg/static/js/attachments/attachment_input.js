// Files come from the chooser, from the clipboard, by dropping or from the microphone. What takes them is loaded when one comes.
import { arrive } from "./arrive.js";
import { conversationOf, kept } from "./drafts.js";

const forms = "form:has([name=files])";

arrive(forms, (form) => {
  const field = form.elements.files;
  form.querySelector("[data-record]").hidden = !window.MediaRecorder || !navigator.mediaDevices;
  if (form.querySelector(".tray > *") || (form.matches("[hx-post]") && kept(conversationOf(form)).files.length)) ask(form, (tray) => tray.restore(form));
  if (field.files.length) choose(field);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=files]")) choose(target);
});

// Nothing is sent before what was chosen is in the tray.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector(".tray[aria-busy]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  import("./waiting.js").then(({ wait }) => wait(form));
}, true);

document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData;
  const form = event.target.closest(forms);
  if (!form || !files.length || types.includes("text/plain")) return;
  event.preventDefault();
  take(form, [...files]);
});

// A browser would open what is dropped, and leave the page.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    const { files, types } = event.dataTransfer;
    const form = document.querySelector(forms);
    if (!types.includes("Files")) return;
    event.preventDefault();
    if (form) import("./dropping.js").then(({ over }) => over(form, name));
    if (form && name === "drop") take(form, [...files]);
  });
}

document.addEventListener("click", async (event) => {
  const shot = event.target.closest(".shot");
  const { form } = event.target.closest("[data-record]") ?? {};
  if (form) (await import("./voice.js")).record(form);
  if (!shot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await import("./viewer.js")).view(shot);
});

function take(form, files) {
  ask(form, (tray) => tray.take(form, files));
}

async function ask(form, act) {
  const list = form.querySelector(".tray");
  list.ariaBusy = true;
  const tray = await import("./tray.js").catch(() => null);
  list.ariaBusy = null;
  if (tray) return act(tray);
  form.querySelector("[data-waits]").hidden = true;
  list.nextElementSibling.hidden = false;
  list.nextElementSibling.lastElementChild.textContent = "Not attached. The server could not be reached.";
}

function choose(field) {
  take(field.form, [...field.files]);
  field.value = "";
}
