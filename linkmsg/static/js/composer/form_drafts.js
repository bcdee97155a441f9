// Drafts where htmx sends nothing: of first messages, replies to invitations and notes, and in conversations that are closed.
import { loadModule } from "../shell/load_module.js";
import { onInsert } from "../shell/page.js";
import { showText } from "./draft_sync.js";
import { firstText, readDraft, saveDraft, storedConversations } from "./outbox_store.js";

const discard = (key) => saveDraft(key, { draft: "", files: [], sent: "" });

// The server redirects only after it took what was sent.
const { redirectCount } = performance.getEntriesByType("navigation")[0];
for (const key of storedConversations()) {
  if (redirectCount && readDraft(key).sent === document.referrer) discard(key);
}

document.querySelectorAll(".composer[data-peer]").forEach(adopt);
onInsert(".composer[data-peer]", adopt);

/** Restore the text of a form, and store it while it is written. */
export function keepDraft(form) {
  const key = form.dataset.conversation;
  const field = form.querySelector("[data-unsent] textarea, textarea:not([readonly])");
  showText(field, firstText(field, readDraft(key)));
  saveDraft(key, { draft: field.value, sent: "" });
  form.addEventListener("input", ({ target, detail }) => target === field && detail !== "restored" && saveDraft(key, { draft: field.value }));
  form.addEventListener("submit", () => saveDraft(key, { sent: location.href }));
}

/** Take over the draft of a first message: by now there is a conversation, perhaps because of that very message. */
function adopt(form) {
  const key = `new-${form.dataset.peer}`;
  const { draft, files, sent } = readDraft(key);
  const isSent = sent && document.querySelector("#thread .msg.own:not(.pending, .failed)");
  discard(key);
  if (isSent || !(draft || files.length)) return;
  const { body } = form.elements;
  body.value = [body.value, draft].filter(Boolean).join("\n");
  body.dispatchEvent(new Event("input", { bubbles: true }));
  if (files.length) loadModule("attachments/attachment_actions").then((list) => (list ? list.addStored(form, files) : keepFiles(form, files)));
}

/** The next page shows them. */
function keepFiles({ dataset: { conversation } }, files) {
  saveDraft(conversation, { files: [...readDraft(conversation).files, ...files] });
}
