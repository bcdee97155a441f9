// The message field: Enter sends, the field grows with its text, and the draft is stored.
import { onInsert } from "../shell/page.js";
import { readDraft, saveDraft } from "./outbox_store.js";
import "./send_requests.js";

const touch = matchMedia("(pointer: coarse)");
const growsByItself = CSS.supports("field-sizing", "content");
// Reload and Back restore what stood in the field, which may be older than the draft.
const isFirstView = performance.getEntriesByType("navigation")[0]?.type === "navigate";

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
  import("./typing_sender.js").then(({ notifyTyping }) => notifyTyping(target), () => {});
  if (target.form.matches("[hx-post]")) saveDraft(target.form.dataset.conversation, { draft: target.value });
});

onInsert(".composer[hx-post]", ({ dataset: { conversation }, elements: { body } }) => {
  const typed = body.value !== body.defaultValue && (isFirstView || !readDraft(conversation).draft) ? body.value : "";
  // The server sends a refused text back.
  const text = body.defaultValue || [readDraft(conversation).draft, typed].filter(Boolean).join("\n");
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
  if (textarea.value.length >= textarea.dataset.limit * 0.9 || hint.textContent) import("./length_hint.js").then(({ show }) => show(textarea, hint), () => {});
}
