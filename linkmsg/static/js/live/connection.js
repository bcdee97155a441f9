// The tab's WebSocket: it receives fragments, and htmx swaps them in.
import { loadModule } from "../shell/load_module.js";
import "./frame_order.js";

const { live, snapshot, heartbeat } = document.body.dataset;
const tab = Math.random().toString(36).slice(2);
const pollInterval = 15000;
// The server sends something at every heartbeat. A dead connection may not report that it is closed.
const maxSilence = heartbeat * 2400;
let socket;
let attempts = 0;
let lostAt = Date.now();
let receivedAt = 0;
let swapped = Promise.resolve();
let timer;
let statusTimer;
let lastVisibility;
let status = "";
let isSignedOut = false;
// Whether another tab took this one's place: it polls and waits for room, until it comes into view again.
let waiting = false;
const visibility = () => (document.visibilityState === "visible" ? "1" : "0");

function connect() {
  clearTimeout(timer);
  if (isSignedOut || socket?.readyState <= WebSocket.OPEN) return;
  const url = new URL(live, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  lastVisibility = visibility();
  url.search = new URLSearchParams({ snapshot, tab, looking: lastVisibility, waiting });
  receivedAt = Date.now();
  socket = new WebSocket(url);
  socket.onmessage = ({ target, data }) => { if (target === socket) receive(data); };
  socket.onclose = ({ target, code }) => { if (target === socket) handleClose(code); };
}

function receive(data) {
  receivedAt = Date.now();
  if (lostAt) handleConnected();
  if (data !== ".") swapped = swapped.then(() => apply(data)).catch(console.error);
}

/** Runs at the first frame, not when the socket opens: some networks let it open and close it at once. */
function handleConnected() {
  attempts = 0;
  lostAt = 0;
  document.body.dataset.connected = "";
  showStatus("");
  sendVisibility();
  document.dispatchEvent(new CustomEvent("live"));
}

function apply(data) {
  if (data === "catch-up" || data === "refresh") return document.body.dispatchEvent(new CustomEvent(data));
  return htmx.swap({ sourceElement: document.body, target: document.body, swap: "none", text: data });
}

async function handleClose(code) {
  waiting ||= code === 4429;
  if (code !== 4401) return scheduleReconnect();
  // 4401 is ours: the session has ended. Any request now leads to the sign-in page.
  delete document.body.dataset.connected;
  isSignedOut = true;
  if ((await loadModule("live/unsaved_input"))?.hasUnsavedInput() ?? true) showStatus("You were signed out. Sign in to send.");
  else setTimeout(catchUp, 1000);
}

function scheduleReconnect() {
  delete document.body.dataset.connected;
  lostAt ||= Date.now();
  timer = setTimeout(connect, Math.min(pollInterval, 500 * 2 ** attempts++) * (0.7 + Math.random() * 0.6));
  updateStatus();
}

function disconnect() {
  const closing = socket;
  socket = null;
  closing?.close();
  clearTimeout(timer);
}

function catchUp() {
  document.body.dispatchEvent(new CustomEvent("catch-up"));
}

/** Waits three seconds, then asks the server: with status 503 it only has no room for another tab. */
async function updateStatus() {
  clearTimeout(statusTimer);
  const left = lostAt + 3000 - Date.now();
  if (left > 0) return (statusTimer = setTimeout(updateStatus, left));
  const answer = lostAt && navigator.onLine && await fetch(live).then(({ status }) => status, () => 0);
  if (!lostAt || isSignedOut) return;
  const isWaiting = !answer || (answer !== 503 && Date.now() - lostAt < pollInterval);
  showStatus(isWaiting ? (navigator.onLine ? "Reconnecting…" : "Offline") : "");
}

function showStatus(sentence = status) {
  status = sentence;
  for (const line of document.querySelectorAll(".connection")) {
    line.hidden = !status;
    if (line.textContent !== status) line.textContent = status;
  }
}

function sendVisibility() {
  if (lostAt || lastVisibility === visibility()) return;
  lastVisibility = visibility();
  const token = document.querySelector("#actions [name=csrf_token]").value;
  fetch(`${live}/looking`, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, tab, looking: lastVisibility }) }).catch(() => { lastVisibility = ""; });
}

/** After a sleep or on another network, an open socket may be dead without a report: forced, it is replaced too. */
function reconnect(isForced) {
  if (isSignedOut || !navigator.onLine || !(lostAt || isForced)) return;
  waiting &&= isForced;
  attempts = 0;
  disconnect();
  scheduleReconnect();
  connect();
  catchUp();
}

function checkConnection() {
  const isSilent = socket?.readyState <= WebSocket.OPEN && Date.now() - receivedAt > maxSilence;
  if (isSilent) reconnect(true);
  else if (lostAt && !isSignedOut && navigator.onLine && visibility() === "1") catchUp();
}

if (live) {
  connect();
  updateStatus();
  setInterval(checkConnection, Math.min(pollInterval, maxSilence / 4));
  document.addEventListener("htmx:after:swap", () => showStatus());
  window.addEventListener("online", () => reconnect(true));
  window.addEventListener("offline", () => { disconnect(); scheduleReconnect(); });
  document.addEventListener("visibilitychange", () => {
    sendVisibility();
    if (visibility() === "1") reconnect(false);
  });
  window.addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (socket?.readyState === WebSocket.OPEN) disconnect();
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    const isBack = persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    if (persisted) { lostAt = Date.now(); connect(); }
    // Back shows the page as it was left.
    if (isBack) catchUp();
  });
}
