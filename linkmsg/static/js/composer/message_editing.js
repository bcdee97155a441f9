import { removeSend, saveDraft } from "./outbox_store.js";

/** Put a message that was not sent back into the composer, after what is written there. */
export async function edit(composer, { nonce, body, files }) {
  const { conversation } = composer.dataset;
  const field = composer.elements.body;
  field.value = [field.value, body].filter(Boolean).join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  removeSend(conversation, nonce);
  if (!files.length) return;
  const { addStored } = await import("../attachments/attachment_actions.js");
  addStored(composer, files);
}
