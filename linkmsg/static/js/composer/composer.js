// The message field: Enter sends, the field grows with its text, and the draft is stored.
import { loadLater, loadModule } from "../shell/load_module.js";
import { onInsert } from "../shell/page.js";
import { firstText, readDraft, saveDraft } from "./outbox_store.js";

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
  resize(target);
  showLength(target);
  if (detail === "restored") return;
  loadModule("composer/typing_sender").then((module) => module?.notifyTyping(target));
  if (target.form.matches("[hx-post]")) saveDraft(target.form.dataset.conversation, { draft: target.value });
});

onInsert(".composer[hx-post]", ({ dataset: { conversation }, elements: { body } }) => {
  const text = firstText(body, readDraft(conversation));
  restore(body, text);
  saveDraft(conversation, { draft: text });
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
  if (textarea.value.length >= textarea.dataset.limit * 0.9 || hint.textContent) loadModule("composer/length_hint").then((module) => module?.show(textarea, hint));
}
