// Members share a tab one after the other: each sees only their own drafts, and signing out deletes all of them.
import { clearStore, unsentConversations } from "./outbox_store.js";

document.addEventListener("submit", ({ target, submitter }) => {
  const address = submitter?.getAttribute("formaction") ?? target.getAttribute("action");
  if (address?.endsWith("/sign-out")) clearStore(true);
});

if (document.body.dataset.member) clearStore();
// Threads load it anyway; any other page sends what was written in one.
if (unsentConversations().length) import("./send_requests.js");
