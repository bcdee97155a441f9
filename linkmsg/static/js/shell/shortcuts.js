import { loadModule } from "./load_module.js";

const handled = /^(Arrow(Up|Down)|Home|End|Page(Up|Down)|Escape)$/;
let actions;
let loading;

// The module is loaded at the first key. Escape closes only a menu that was open when it was pressed.
document.addEventListener("keydown", (event) => {
  if (document.querySelector(":popover-open, dialog[open]")) return;
  const link = document.querySelector(`.rail [aria-keyshortcuts~="${chord(event)}"]`);
  if (link) return openSearch(event, link);
  if (actions) return actions.handleKey(event);
  const isKey = handled.test(event.key) && (/^Page/.test(event.key) || !isField(event.target));
  loading ??= loadModule("shell/shortcut_actions", isKey ? "This key doesn’t work now" : "");
  loading.then((loaded) => {
    actions = loaded;
    loading = null;
    actions?.handleKey(event);
  });
});

// At once: the next letters belong into the field.
function openSearch(event, link) {
  const field = document.querySelector("#search [name=q]");
  event.preventDefault();
  if (!field?.checkVisibility()) return link.click();
  field.focus();
  field.select();
}

const isField = (target) => target.closest("input, textarea, select");

// A single key is a shortcut only outside text fields (WCAG 2.1.4).
function chord({ altKey, ctrlKey, metaKey, shiftKey, key, target }) {
  // On a Mac, Ctrl+K cuts to the end of the line.
  const isCut = ctrlKey && isField(target) && /Mac/.test(navigator.platform);
  if (/^k$/i.test(key) && ctrlKey !== metaKey && !altKey && !shiftKey && !isCut) return ctrlKey ? "Control+K" : "Meta+K";
  return key === "/" && !ctrlKey && !metaKey && !isField(target) ? key : "none";
}
