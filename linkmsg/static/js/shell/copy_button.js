// Copy buttons: each puts the text of its field on the clipboard.
import { toast } from "./page.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy]");
  if (button) copy(document.getElementById(button.dataset.copy));
});

async function copy(field) {
  field.focus();
  field.select();
  toast(await isCopied(field.value) ? "Link copied" : "Couldn’t copy. The link is selected: press Ctrl+C or ⌘C.");
}

// Browsers have a clipboard only on https and on localhost.
async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
