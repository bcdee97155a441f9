// Each tab shows what was written or attached last.
import { readDraft } from "./outbox_store.js";

/** Show the stored text and files of a draft where its form, or what replaces a closed one, is open. */
export function showStored(conversation) {
  const place = document.querySelector(`:is(form, .closed)[data-conversation="${conversation}"]`);
  const field = place?.querySelector("[data-unsent] textarea, textarea:not([readonly])");
  if (!field) return;
  showText(field, readDraft(conversation).draft);
  if (place.querySelector(".attachment-list")) import("../attachments/attachment_actions.js").then((list) => list.showStored(place), () => {});
}

/** Show a text in its field as if it had been written there, but do not store it. */
export function showText(field, text) {
  if (field.value !== text) field.value = text;
  field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "restored" }));
  const unsent = field.closest("[data-unsent]");
  if (unsent) unsent.hidden = !text;
}
