import { arrive } from "./arrive.js";
import { conversationOf, keep, kept } from "./drafts.js";
import "./sending.js";

const touch = matchMedia("(pointer: coarse)");
const grows = CSS.supports("field-sizing", "content");

document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey, altKey } = event;
  if (key !== "Enter" || shiftKey || altKey || !target.matches(".composer textarea")) return;
  // Safari ends a composition before the Enter that confirmed it: only the old code 229 tells.
  if (event.isComposing || event.keyCode === 229) return;
  if (touch.matches && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  if (!event.repeat && (target.value.trim() || target.form.querySelector(".tray > *, .tray[aria-busy]"))) target.form.requestSubmit();
});

document.addEventListener("input", ({ target }) => {
  if (!target.matches(".composer textarea")) return;
  fit(target);
  count(target);
  if (target.form.matches("[hx-post]")) keep(conversationOf(target.form), { draft: target.value });
});

arrive(".composer[hx-post]", (form) => {
  const textarea = form.elements.body;
  restore(textarea, textarea.value || kept(conversationOf(form)).draft);
});

// Where one may write no more, what was being written is shown all the same.
arrive(".closed[id]", (closed) => {
  const { draft } = kept(closed.id.replace("closed-", ""));
  const field = closed.querySelector("[data-kept]");
  if (!draft || !field?.hidden) return;
  field.hidden = false;
  field.querySelector("textarea").value = draft;
});

window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  for (const form of document.querySelectorAll(".composer[hx-post]")) {
    restore(form.elements.body, kept(conversationOf(form)).draft);
  }
});

// When the foot of a thread is made anew, a composer stays as it is, with all that is in it; but the other may have another name.
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  for (const { fragment } of tasks) {
    const made = fragment?.querySelector(".composer textarea");
    if (made && document.getElementById(made.id)) document.getElementById(made.id).placeholder = made.placeholder;
  }
});

function restore(textarea, text) {
  if (textarea.value !== text) textarea.value = text;
  if (!textarea.selectionEnd) textarea.setSelectionRange(text.length, text.length);
  textarea.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "restored" }));
}

function fit(textarea) {
  if (grows) return;
  textarea.style.height = "auto";
  textarea.style.height = `${textarea.scrollHeight}px`;
}

function count(textarea) {
  const hint = textarea.form.querySelector(".hint");
  const limit = Number(textarea.dataset.limit);
  if (!hint || !limit) return;
  const length = [...textarea.value].length;
  hint.textContent = length < limit * 0.9 ? "" : `${length.toLocaleString("en")} of ${limit.toLocaleString("en")}`;
  hint.classList.toggle("over", length > limit);
}
