// What a row of the inbox says of unsent messages and of a draft, in place of the last message.
import { readDraft, storedConversations } from "./outbox_store.js";

/** Label the rows of all conversations. */
export function label() {
  document.querySelectorAll(".unsent:not(:empty)").forEach((each) => each.replaceChildren());
  storedConversations().forEach(labelRow);
}

function labelRow(conversation) {
  const label = document.querySelector(`#row-${conversation} .unsent`);
  if (!label) return;
  const { draft, files, sends } = readDraft(conversation);
  const isFailed = sends.some(({ why, waits }) => why !== null && !waits);
  const isOpen = document.getElementById(`scroller-${conversation}`);
  label.classList.toggle("danger", isFailed);
  if (isFailed) label.textContent = `Not sent.${isOpen ? "" : " Open to try again"}`;
  else if (sends.some(({ waits }) => waits)) label.textContent = "Not sent yet";
  else if (!isOpen && (draft.trim() || files.length)) showDraft(label, draft.trim() || `${files.length} ${files.length === 1 ? "file" : "files"}`);
}

function showDraft(label, words) {
  const text = document.createElement("bdi");
  text.textContent = words;
  label.append(Object.assign(document.createElement("b"), { textContent: "Draft: " }), text);
}
