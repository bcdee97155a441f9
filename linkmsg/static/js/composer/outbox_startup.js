// Members share a browser one after the other: each sees only what they wrote. Any page sends what waits from an earlier visit.
import { onInsert } from "../shell/page.js";
import { clearStore, outbox, storedConversations, unsentConversations } from "./outbox_store.js";

const { member } = document.body.dataset;

if (member) {
  clearStore();
  try {
    localStorage.member = member;
  } catch {
    // As in the store.
  }
  // Pages of the last member must send nothing in the name of this one.
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === "member" && newValue && newValue !== member) location.reload();
  });
  onInsert("form[data-conversation]:not([hx-post]), .closed[id]", (form) => import("./form_drafts.js").then(({ keepDraft }) => keepDraft(form), () => {}));
  // A number is a conversation; others are forms.
  if (storedConversations().some(isNaN)) import("./form_drafts.js").catch(() => {});
  outbox.addEventListener("change", ({ detail: { conversation, isRemote } }) => {
    if (isRemote) show(conversation);
    send();
  });
  window.addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("[data-conversation]").forEach(({ dataset }) => show(dataset.conversation)));
  send();
}

function show(conversation) {
  import("./draft_sync.js").then(({ showStored }) => showStored(conversation), () => {});
}

// Threads load it anyway.
function send() {
  if (unsentConversations().length) import("./send_requests.js").catch(() => {});
}
