// Takes files from the chooser, the clipboard, a drop or the microphone. The modules that upload are loaded at the first file.
import { readDraft } from "../composer/outbox_store.js";
import { onInsert } from "../shell/page.js";

const forms = "form:has([name=files])";

onInsert(forms, (form) => {
  const field = form.elements.files;
  form.querySelector("[data-record]").hidden = !navigator.mediaDevices;
  if (form.querySelector(".attachment-list > *") || readDraft(form.dataset.conversation).files.length) withList(form, (list) => list.restoreFiles(form));
  if (field.files.length) addChosen(field);
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=files]")) addChosen(target);
});

// Holds a submit until the chosen files are in the list.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector(".attachment-list[aria-busy]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  import("./send_after_upload.js").then(({ sendAfterUpload }) => sendAfterUpload(form));
}, true);

document.addEventListener("paste", (event) => {
  const files = [...event.clipboardData.files];
  const form = event.target.closest(forms);
  // Office copies a picture of its text, too; file managers copy the names of the files.
  const text = event.clipboardData.getData("text");
  if (!form || !files.some(({ name }) => !text || text.includes(name))) return;
  event.preventDefault();
  add(form, files);
});

// By default the browser would leave the page and open the dropped file.
for (const name of ["dragover", "drop"]) {
  document.addEventListener(name, (event) => {
    const { files, types } = event.dataTransfer;
    const form = document.querySelector(forms);
    if (!types.includes("Files")) return;
    event.preventDefault();
    if (form) import("./drop_target.js").then(({ highlight }) => highlight(form, name));
    if (form && name === "drop") add(form, [...files]);
  });
}

document.addEventListener("click", async (event) => {
  const photo = event.target.closest(".photo");
  const { form } = event.target.closest("[data-record]") ?? {};
  if (form) (await import("./voice_recorder.js")).record(form);
  if (!photo || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await import("./photo_viewer.js")).openViewer(photo);
});

function add(form, files) {
  withList(form, (list) => list.addFiles(form, files));
}

async function withList(form, act) {
  const element = form.querySelector(".attachment-list");
  element.ariaBusy = true;
  const list = await import("./attachment_actions.js").catch(() => null);
  element.ariaBusy = null;
  if (list) return act(list);
  form.querySelector("[data-upload-wait]").hidden = true;
  element.nextElementSibling.hidden = false;
  element.nextElementSibling.lastElementChild.textContent = "Couldn’t attach: the server can’t be reached.";
}

function addChosen(field) {
  add(field.form, [...field.files]);
  field.value = "";
}
