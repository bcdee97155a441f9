// The socket, one a tab: fragments come down it, and htmx puts them in their places.
import { isHolding } from "./drafts.js";
import "./order.js";

const { live, snapshot, beat } = document.body.dataset;
const tab = Math.random().toString(36).slice(2);
const ask = 15000;
// The server says something at every beat. A line that is silent for longer is dead, and may not know it.
const silence = beat * 2400;
let socket;
let tries = 0;
let lostAt = Date.now();
let heard = 0;
let swapped = Promise.resolve();
let timer;
let judging;
let told;
let words = "";
let isEnded = false;
const looks = () => (document.visibilityState === "visible" ? "1" : "0");

function connect() {
  clearTimeout(timer);
  if (isEnded || socket?.readyState <= WebSocket.OPEN) return;
  const url = new URL(live, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  told = looks();
  url.search = new URLSearchParams({ snapshot, tab, looking: told });
  heard = Date.now();
  socket = new WebSocket(url);
  socket.onmessage = ({ target, data }) => { if (target === socket) hear(data); };
  socket.onclose = ({ target, code }) => { if (target === socket) closed(code); };
}

function hear(data) {
  heard = Date.now();
  if (lostAt) open();
  if (data !== ".") swapped = swapped.then(() => take(data)).catch(console.error);
}

/** What opens and says nothing is no line: there are networks that let a socket through and close it at once. */
function open() {
  tries = 0;
  lostAt = 0;
  document.body.dataset.connected = "";
  say("");
  tellLooking();
  document.dispatchEvent(new CustomEvent("live"));
}

function take(data) {
  if (data === "catch-up" || data === "refresh") return document.body.dispatchEvent(new CustomEvent(data));
  return htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text: data });
}

function closed(code) {
  if (code !== 4401) return lose();
  // Ours: the session has ended. The answer to any question leads to the front door.
  delete document.body.dataset.connected;
  isEnded = true;
  if (isHolding()) say("You were signed out. What you send asks you to sign in.");
  else setTimeout(catchUp, 1000);
}

function lose() {
  delete document.body.dataset.connected;
  lostAt ||= Date.now();
  timer = setTimeout(connect, Math.min(ask, 500 * 2 ** tries++) * (0.7 + Math.random() * 0.6));
  judge();
}

function drop() {
  const dead = socket;
  socket = null;
  dead?.close();
  clearTimeout(timer);
}

function catchUp() {
  document.body.dispatchEvent(new CustomEvent("catch-up"));
}

/** Without a socket for three seconds: is it the line, or is there only no room for another tab? */
async function judge() {
  clearTimeout(judging);
  const left = lostAt + 3000 - Date.now();
  if (left > 0) return (judging = setTimeout(judge, left));
  const status = lostAt && navigator.onLine && await fetch(live).then((answer) => answer.status, () => 0);
  if (!lostAt || isEnded) return;
  const isWaiting = !status || (status !== 503 && Date.now() - lostAt < ask);
  say(isWaiting ? (navigator.onLine ? "Reconnecting…" : "Offline") : "");
}

function say(sentence = words) {
  words = sentence;
  for (const line of document.querySelectorAll(".connection")) {
    line.hidden = !words;
    if (line.textContent !== words) line.textContent = words;
  }
}

function tellLooking() {
  if (lostAt || told === looks()) return;
  told = looks();
  const token = document.querySelector("#acts [name=csrf_token]").value;
  fetch(`${live}/looking`, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, tab, looking: told }) }).catch(() => { told = ""; });
}

/** Begins anew: what was open before a sleep, or on another network, may be dead and not know it. */
function wake(isSure) {
  if (isEnded || !navigator.onLine || !(lostAt || isSure)) return;
  tries = 0;
  drop();
  lose();
  connect();
  catchUp();
}

function watch() {
  const isSilent = socket?.readyState <= WebSocket.OPEN && Date.now() - heard > silence;
  if (isSilent) wake(true);
  else if (lostAt && !isEnded && navigator.onLine && looks() === "1") catchUp();
}

if (live) {
  connect();
  judge();
  setInterval(watch, Math.min(ask, silence / 4));
  document.addEventListener("htmx:after:swap", () => say());
  window.addEventListener("online", () => wake(true));
  window.addEventListener("offline", () => {
    drop();
    lose();
  });
  document.addEventListener("visibilitychange", () => {
    tellLooking();
    if (looks() === "1") wake(false);
  });
  window.addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (socket?.readyState === WebSocket.OPEN) drop();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    const isBack = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (persisted) lostAt = Date.now();
    if (persisted) connect();
    // Browsers show what they kept of a page that was left: what it says is old.
    if (isBack) catchUp();
  });
}
