// Members share a tab one after the other: each sees only their own drafts. After signing out, the sign-in page deletes all of them.
import { loadModule } from "../shell/load_module.js";
import { clearStore, unsentConversations } from "./outbox_store.js";

if (document.body.dataset.member) clearStore();
// Threads load it anyway; any other page sends what was written in one.
if (unsentConversations().length) loadModule("composer/send_requests");
