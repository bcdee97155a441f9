// Signing out deletes what was written and not sent, so it asks first.
import { readDraft, storedConversations } from "./outbox_store.js";

const dialog = document.getElementById("sign-out-check");
const count = (number, noun) => (number ? [`${number} ${noun}${number === 1 ? "" : "s"}`] : []);

document.getElementById("sign-out").addEventListener("submit", (event) => {
  const stored = storedConversations().map((each) => readDraft(each));
  const unsent = stored.flatMap(({ sends }) => sends).length;
  const drafts = stored.filter(({ draft, files }) => draft.trim() || files.length).length;
  if (!unsent && !drafts || dialog.contains(event.submitter)) return;
  event.preventDefault();
  dialog.querySelector("p").textContent = `${[...count(unsent, "unsent message"), ...count(drafts, "draft")].join(" and ")} in this browser will be deleted.`;
  dialog.showModal();
});
