// What is told twice, late or out of order does no harm: an answer and the socket are two ways.
// Messages follow the cursor, a number of their conversation. All else follows the snapshot of the database that it shows.
import { release } from "./pending.js";

const versioned = /^(row-\d+|receipt-\d+|unread|invitations-count|received-count)$/;
const snapshots = new Map();
const first = (task) => task.fragment?.firstElementChild;
const keyOf = (task) => first(task)?.id || task.target?.id || "";
const isLog = (task) => typeof task.target === "string" && task.target.startsWith("#log-");

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const snapshot = /data-snapshot="([^"]+)"/.exec(ctx.text ?? "")?.[1];
  if (tasks.some(({ target }) => target === document.body)) snapshots.clear();
  const isKept = inOrder(tasks, snapshot);
  tasks.splice(0, tasks.length, ...tasks.filter(isKept));
  for (const task of tasks) {
    if (snapshot && versioned.test(keyOf(task))) snapshots.set(keyOf(task), snapshot);
    // What the other way took off the page already was released by it.
    if (task.target?.dataset?.nonce && task.target.isConnected) release(conversationAt(task.target), { nonce: task.target.dataset.nonce });
    if (task.target?.id === "older-rows") forgetDoubles(first(task)?.parentNode);
  }
});

function inOrder(tasks, snapshot) {
  const isNews = tasks.some(isLog) && follows(tasks.map(first).find((each) => /^cursor-/.test(each?.id)));
  return (task) => {
    const key = keyOf(task);
    if (isLog(task) || first(task)?.dataset.held) return isNews === true;
    if (task.target?.dataset?.nonce) return isNews !== "gap";
    if (versioned.test(key) && snapshot && isOlder(snapshot, snapshots.get(key) ?? document.body.dataset.snapshot)) return false;
    return task.swapSpec.style !== "upsert" || !/^row-/.test(key) || isListed(first(task), task.target);
  };
}

/** Whether a page learns something by it; what begins after what it knows leaves a gap, and it asks. */
function follows(cursor) {
  const known = cursor && document.getElementById(cursor.id);
  if (!known) return false;
  if (Number(cursor.dataset.held) > Number(known.value)) {
    htmx.trigger(document.getElementById(cursor.id.replace("cursor", "after")), "catch-up", {}, false);
    return "gap";
  }
  return Number(cursor.value) > Number(known.value);
}

function isOlder(snapshot, known) {
  const [[epoch, number], [current, last]] = [snapshot, known ?? ""].map((each) => each.split("."));
  return epoch === current && Number(number) < Number(last);
}

/** Whether a row belongs to the list of this page, as far as the list is loaded. */
function isListed(row, selector) {
  const list = document.querySelector(selector);
  const present = document.getElementById(row.id);
  if (list?.id === "rows-unread" && !row.matches(".unread") && !present?.querySelector("[aria-current]")) return false;
  const lowest = list?.querySelector("#older-rows")?.previousElementSibling;
  return Boolean(present) || !lowest || Number(row.dataset.last) > Number(lowest.dataset.last);
}

function forgetDoubles(rows) {
  for (const { id } of rows?.children ?? []) if (id !== "older-rows") document.getElementById(id)?.remove();
}

function conversationAt(item) {
  return item.closest("#thread").dataset.conversation;
}
