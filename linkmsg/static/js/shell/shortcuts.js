let actions;
let loading;

// The module is loaded at the first key. Escape closes only a menu that was open when it was pressed.
document.addEventListener("keydown", (event) => {
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const link = document.querySelector(`.rail [aria-keyshortcuts~="${chord(event)}"]`);
  if (link) return openSearch(event, link);
  if (actions) return actions.handleKey(event);
  loading ??= import("./shortcut_actions.js");
  loading.then((loaded) => { actions = loaded; actions.handleKey(event); }, () => { loading = null; });
});

// At once: the next letters belong into the field.
function openSearch(event, link) {
  const field = document.querySelector("#search [name=q]");
  event.preventDefault();
  if (!field?.checkVisibility()) return link.click();
  field.focus();
  field.select();
}

// A single key is a shortcut only outside text fields (WCAG 2.1.4).
function chord({ altKey, ctrlKey, metaKey, shiftKey, key, target }) {
  const isField = target.closest("input, textarea, select");
  // On a Mac, Ctrl+K cuts to the end of the line.
  const isCut = ctrlKey && isField && /Mac/.test(navigator.platform);
  if (/^k$/i.test(key) && ctrlKey !== metaKey && !altKey && !shiftKey && !isCut) return ctrlKey ? "Control+K" : "Meta+K";
  return key === "/" && !ctrlKey && !metaKey && !isField ? key : "none";
}
