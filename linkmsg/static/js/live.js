// The socket, one a tab: fragments come down it, and htmx puts them in their places.
import "./order.js";

const { live, asOf } = document.body.dataset;
const tab = Math.random().toString(36).slice(2);
const ask = 15000;
let socket;
let tries = 0;
let lostAt = Date.now();
let beat = lostAt;
let swapped = Promise.resolve();
let timer;
let told;
const isOpen = () => socket?.readyState === WebSocket.OPEN;
const looks = () => (document.visibilityState === "visible" ? "1" : "0");

function connect() {
  clearTimeout(timer);
  if (socket?.readyState <= WebSocket.OPEN) return;
  const url = new URL(live, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  told = looks();
  url.search = new URLSearchParams({ "as-of": asOf, tab, looking: told });
  socket = new WebSocket(url);
  socket.onopen = open;
  socket.onmessage = ({ data }) => { swapped = swapped.then(() => take(data)).catch(console.error); };
  socket.onclose = ({ target, code }) => { if (target === socket) closed(code); };
}

function open() {
  tries = 0;
  lostAt = 0;
  document.body.dataset.connected = "";
  say("");
  tellLooking();
  document.dispatchEvent(new CustomEvent("live"));
}

function take(data) {
  if (data === "catch-up" || data === "look-anew") return document.body.dispatchEvent(new CustomEvent(data));
  return htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text: data });
}

function closed(code) {
  delete document.body.dataset.connected;
  // Ours: the session has ended. The answer to any question leads to the front door.
  if (code === 4401) return isHolding() ? say("You were signed out. What you send asks you to sign in.") : (timer = setTimeout(catchUp, 1000));
  lostAt ||= Date.now();
  timer = setTimeout(connect, Math.min(ask, 500 * 2 ** tries++) * (0.7 + Math.random() * 0.6));
  judge();
}

/** Whether something was typed that is kept nowhere but on this page. */
function isHolding() {
  return [...document.querySelectorAll("textarea, input:not([type=hidden], [type=search])")].some((field) => !field.form?.matches(".composer[hx-post]") && (field.value !== field.defaultValue || /^(carried|kept)/.test(field.id)));
}

function catchUp() {
  document.body.dispatchEvent(new CustomEvent("catch-up"));
}

/** Without a socket for three seconds: is it the line, or is there only no room for another tab? */
async function judge() {
  if (Date.now() - lostAt < 2900) return setTimeout(judge, 3000 - (Date.now() - lostAt));
  if (isOpen()) return;
  const status = await fetch(live).then((answer) => answer.status, () => 0);
  const isWaiting = !status || (status !== 503 && Date.now() - lostAt < ask);
  if (!isOpen()) say(isWaiting ? (navigator.onLine ? "Reconnecting…" : "Offline") : "");
}

function say(words) {
  const line = document.getElementById("connection");
  if (!line) return;
  line.hidden = !words;
  if (line.textContent !== words) line.textContent = words;
}

function tellLooking() {
  if (!isOpen() || told === looks()) return;
  told = looks();
  const token = document.querySelector("#acts [name=csrf_token]").value;
  fetch(`${live}/looking`, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, tab, looking: told }) }).catch(() => { told = ""; });
}

/** Begins anew: what was open before a sleep, or on another network, may be dead and not know it. */
function wake(isSure) {
  if (!navigator.onLine || (isOpen() && !isSure)) return;
  tries = 0;
  socket?.close();
  socket = null;
  connect();
  catchUp();
}

if (live) {
  connect();
  setTimeout(judge, 3000);
  setInterval(() => {
    if (Date.now() - beat > 3 * ask) wake(true);
    else if (!isOpen() && navigator.onLine && looks() === "1") catchUp();
    beat = Date.now();
  }, ask);
  window.addEventListener("online", () => wake(true));
  window.addEventListener("offline", judge);
  document.addEventListener("visibilitychange", () => {
    tellLooking();
    if (looks() === "1") wake(false);
  });
  window.addEventListener("pagehide", () => {
    clearTimeout(timer);
    socket.onclose = null;
    if (isOpen()) socket.close();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    const isBack = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (persisted) connect();
    // Browsers show what they kept of a page that was left: what it says is old.
    if (isBack) catchUp();
  });
}

// A list tells what it shows, and is told what differs: as it is when it asks, not when it began to wait for its turn.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const list = ctx.sourceElement.id === "missed" && document.querySelector("#list ul");
  if (!list) return;
  // An address has room for so many. What stands lower is asked for when one goes there.
  const rows = [...list.querySelectorAll(".row")].slice(0, 250);
  const url = new URL(ctx.request.action, location.href);
  url.searchParams.set("held", rows.map(({ id, dataset }) => `${id.slice(4)}.${dataset.mark}`).join("-"));
  url.searchParams.set("since", list.querySelector(".more, .row:nth-child(251)") ? rows.at(-1).dataset.last : "0");
  url.searchParams.set("current", document.getElementById("thread")?.dataset.conversation ?? "");
  ctx.request.action = url.pathname + url.search;
});
