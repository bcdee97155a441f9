// The message field: Enter sends, the field grows with its text, and the draft is stored.
import { loadLater, loadModule } from "../shell/load_module.js";
import { onInsert } from "../shell/page.js";
import { readDraft, saveDraft } from "./outbox_store.js";

const touch = matchMedia("(pointer: coarse)");
const growsByItself = CSS.supports("field-sizing", "content");
const { dataset } = document.body;

loadLater("composer/send_requests").then(setCanSend);

// Holds a submit until the modules that send have been loaded.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("canSend" in dataset || !form.matches(".composer[hx-post]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  loadModule("composer/send_requests", "Couldn’t send").then((module) => {
    setCanSend(module);
    if (module) form.requestSubmit();
  });
}, true);

document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey, altKey } = event;
  if (key !== "Enter" || shiftKey || altKey || !target.matches(".composer textarea")) return;
  // Safari ends a composition before the Enter that confirms it. Only the old key code 229 shows that.
  if (event.isComposing || event.keyCode === 229) return;
  if (touch.matches && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  if (!event.repeat && (target.value.trim() || target.form.querySelector(".attachment-list > *, .attachment-list[aria-busy]"))) target.form.requestSubmit();
});

document.addEventListener("input", ({ target, detail }) => {
  if (!target.matches(".composer textarea")) return;
  if (detail !== "restored") loadModule("composer/typing_sender").then((module) => module?.notifyTyping(target));
  resize(target);
  showLength(target);
  if (target.form.matches("[hx-post]")) saveDraft(target.form.dataset.conversation, { draft: target.value });
});

onInsert(".composer[hx-post]", (form) => {
  const textarea = form.elements.body;
  restore(textarea, textarea.value || readDraft(form.dataset.conversation).draft);
});

// Shows the draft also where the member may no longer write.
onInsert(".closed[id]", (closed) => {
  const { draft } = readDraft(closed.dataset.conversation);
  const field = closed.querySelector("[data-unsent]");
  if (!draft || !field?.hidden) return;
  field.hidden = false;
  field.querySelector("textarea").value = draft;
});

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll(".composer[hx-post]")) {
    restore(form.elements.body, readDraft(form.dataset.conversation).draft);
  }
});

// A refresh of the thread keeps the composer with its text. Only its placeholder holds the peer's name, which may be new.
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  for (const { fragment } of tasks) {
    const next = fragment?.querySelector(".composer textarea");
    if (next && document.getElementById(next.id)) document.getElementById(next.id).placeholder = next.placeholder;
  }
});

function setCanSend(module) {
  if (module) dataset.canSend = "";
}

function restore(textarea, text) {
  if (textarea.value !== text) textarea.value = text;
  if (!textarea.selectionEnd) textarea.setSelectionRange(text.length, text.length);
  textarea.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "restored" }));
}

function resize(textarea) {
  if (growsByItself) return;
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight}px`;
}

function showLength(textarea) {
  const hint = textarea.form.querySelector(".hint");
  const limit = Number(textarea.dataset.limit);
  if (!hint || !limit) return;
  const length = [...textarea.value].length;
  hint.textContent = length < limit * 0.9 ? "" : `${length.toLocaleString("en")} of ${limit.toLocaleString("en")}`;
  hint.classList.toggle("over", length > limit);
}
