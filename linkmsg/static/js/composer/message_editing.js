import { loadModule } from "../shell/load_module.js";
import { removeSend, saveDraft } from "./outbox_store.js";

/** Put a message that was not sent back into the composer, after what is written there. */
export async function edit(composer, { nonce, body, files }) {
  const { conversation } = composer.dataset;
  const list = files.length && await loadModule("attachments/attachment_actions", "Couldn’t edit the message");
  if (files.length && !list) return;
  const field = composer.elements.body;
  field.value = [field.value, body].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  removeSend(conversation, nonce);
  if (list) list.addStored(composer, files);
}
