const wide = matchMedia("(width >= 48rem)");
const steps = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  Home: () => 0,
  End: (_, last) => last,
};

/** Leads to the search, walks through the rows, turns the pages of the log, and leaves. */
export function press(event, way) {
  if (way) return find(way);
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const { target, key } = event;
  const isDone = (steps[key] && walk(target, key)) || (/^Page/.test(key) && turn(target, key)) || (key === "Escape" && leave(target));
  if (isDone) event.preventDefault();
}

function find(way) {
  const field = [...document.querySelectorAll("#q[aria-controls=found], #list-q")].find((each) => each.checkVisibility());
  if (!field) return way.click();
  field.focus();
  field.select();
}

function walk(target, key) {
  if (!target.matches(".row a.row-text")) return false;
  const links = [...document.querySelectorAll("#list .row a.row-text")];
  links[Math.min(links.length - 1, Math.max(0, steps[key](links.indexOf(target), links.length - 1)))]?.focus();
  return true;
}

function turn(target, key) {
  const log = target.closest("#thread")?.querySelector(".log");
  const isOwnBox = target.matches("textarea") && target.scrollHeight > target.clientHeight + 1;
  if (!log || isOwnBox) return false;
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
