const wide = matchMedia("(width >= 48rem)");
const steps = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** Handle a key: move in the inbox or open the menu of a row, scroll the log, or leave the thread. */
export function handleKey(event) {
  if (opensMenu(event)) return openRowMenu(event);
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const { target, key } = event;
  const isDone = (steps[key] && moveFocus(target, key)) || (/^Page/.test(key) && scrollLog(target, key)) || (key === "Escape" && leave(target));
  if (isDone) event.preventDefault();
}

// While the row has the focus, a single key is safe for those who speak (WCAG 2.1.4).
function opensMenu({ key, shiftKey, ctrlKey, metaKey, altKey, target }) {
  if (ctrlKey || metaKey || altKey || !target.matches(".row a.row-text")) return false;
  return key === "." || key === "ContextMenu" || (key === "F10" && shiftKey);
}

function openRowMenu(event) {
  const row = event.target.closest(".row");
  event.preventDefault();
  import("./row_menu.js").then(({ openMenu }) => openMenu(row), () => {});
}

function moveFocus(target, key) {
  if (!target.matches(".row a.row-text")) return false;
  const links = [...document.querySelectorAll("#list .row a.row-text")];
  links[Math.min(links.length - 1, Math.max(0, steps[key](links.indexOf(target), links.length - 1)))]?.focus();
  return true;
}

function scrollLog(target, key) {
  const log = target.closest("#thread")?.querySelector(".log");
  const scrollsItself = target.matches("textarea") && target.scrollHeight > target.clientHeight + 1;
  if (!log || scrollsItself) return false;
  log.scrollBy({ top: log.clientHeight * (key === "PageUp" ? -0.9 : 0.9) });
  return true;
}

function leave(target) {
  const thread = target === document.body ? document.getElementById("thread") : target.closest("#thread");
  if (!thread) return false;
  const isWriting = target.matches(".composer textarea");
  if (isWriting) thread.querySelector(".log")?.focus();
  else if (!wide.matches) thread.querySelector("a.back")?.click();
  return isWriting || !wide.matches;
}
