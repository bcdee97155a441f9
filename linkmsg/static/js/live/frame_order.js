// Drops fragments that are older than the page: answers and the socket deliver them twice, late and out of order.
// Messages are ordered by their conversation's revision, all else by the database snapshot it was read from.
import { removeSend } from "../composer/outbox_store.js";

const versioned = /^(row-\d+|receipt-\d+|unread|invitations-count|received-count)$/;
const snapshots = new Map();
const first = (task) => task.fragment?.firstElementChild;
const keyOf = (task) => first(task)?.id || task.target?.id || "";
const isLog = (task) => typeof task.target === "string" && task.target.startsWith("#log-");

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const snapshot = /data-snapshot="([^"]+)"/.exec(ctx.text ?? "")?.[1];
  if (tasks.some(({ target }) => target === document.body)) snapshots.clear();
  const isCurrent = currentFilter(tasks, snapshot);
  tasks.splice(0, tasks.length, ...tasks.filter(isCurrent));
  for (const task of tasks) {
    if (snapshot && versioned.test(keyOf(task))) snapshots.set(keyOf(task), snapshot);
    // An unsent message that has left the page was removed from the store by another fragment.
    if (task.target?.dataset?.nonce && task.target.isConnected) removeSend(task.target.closest("#thread").dataset.conversation, task.target.dataset.nonce);
    if (task.target?.id === "older-rows") removeDuplicates(first(task)?.parentNode);
  }
});

function currentFilter(tasks, snapshot) {
  const isNew = tasks.some(isLog) && compareCursor(tasks.map(first).find((each) => /^cursor-/.test(each?.id)));
  return (task) => {
    const key = keyOf(task);
    if (isLog(task) || first(task)?.dataset.base) return isNew === true;
    if (task.target?.dataset?.nonce) return isNew !== "gap";
    if (versioned.test(key) && snapshot && isOlder(snapshot, snapshots.get(key) ?? document.body.dataset.snapshot)) return false;
    return task.swapSpec.style !== "upsert" || !/^row-/.test(key) || isListed(first(task), task.target);
  };
}

/** Whether messages are new to the page. If some before them are missing, the page asks for those. */
function compareCursor(cursor) {
  const known = cursor && document.getElementById(cursor.id);
  if (!known) return false;
  if (Number(cursor.dataset.base) > Number(known.value)) {
    htmx.trigger(document.getElementById(cursor.id.replace("cursor", "after")), "catch-up", {}, false);
    return "gap";
  }
  return Number(cursor.value) > Number(known.value);
}

function isOlder(snapshot, known) {
  const [[epoch, number], [current, last]] = [snapshot, known ?? ""].map((each) => each.split("."));
  return epoch === current && Number(number) < Number(last);
}

/** Whether a row belongs to the loaded part of the list. */
function isListed(row, selector) {
  const list = document.querySelector(selector);
  const present = document.getElementById(row.id);
  if (list?.id === "rows-unread" && !row.matches(".unread") && !present?.querySelector("[aria-current]")) return false;
  const lowest = list?.querySelector("#older-rows")?.previousElementSibling;
  return Boolean(present) || !lowest || Number(row.dataset.last) > Number(lowest.dataset.last);
}

function removeDuplicates(rows) {
  for (const { id } of rows?.children ?? []) if (id !== "older-rows") document.getElementById(id)?.remove();
}
