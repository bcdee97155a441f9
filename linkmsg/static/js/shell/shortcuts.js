let keys;
let loading;

// Most visits touch no key. An Escape that closes a menu does no more, however late its module comes.
document.addEventListener("keydown", (event) => {
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const way = document.querySelector(`.rail [aria-keyshortcuts~="${chord(event)}"]`);
  if (way) event.preventDefault();
  if (keys) return keys.press(event, way);
  loading ??= import("./keys.js");
  loading.then((loaded) => { keys = loaded; keys.press(event, way); }, () => { loading = null; });
});

// A single key is a shortcut only where nobody writes (WCAG 2.1.4).
function chord({ altKey, ctrlKey, metaKey, shiftKey, key, target }) {
  const isWriting = target.closest("input, textarea, select");
  // On a Mac, Ctrl+K cuts the rest of a line.
  const isCut = ctrlKey && isWriting && /Mac/.test(navigator.platform);
  if (/^k$/i.test(key) && ctrlKey !== metaKey && !altKey && !shiftKey && !isCut) return ctrlKey ? "Control+K" : "Meta+K";
  return key === "/" && !ctrlKey && !metaKey && !isWriting ? key : "none";
}
