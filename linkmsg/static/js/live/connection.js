// The tab's WebSocket: it receives fragments, and htmx swaps them in.
import { showStatus } from "../shell/page.js";
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
let lastVisibility;
let isSignedOut = false;
// Whether another tab took this one's place: it polls and waits for room, until it comes into view again.
let waiting = false;
// What the server answered when it was last asked for room: nothing ("away"), none ("full"), or some.
let room = "away";
const catchUp = () => document.body.dispatchEvent(new CustomEvent("catch-up"));
const visibility = () => (document.visibilityState === "visible" ? "1" : "0");

function connect() {
  clearTimeout(timer);
  setTimeout(updateStatus, 3000);
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
  if (lostAt) attempts += 1;
  if (code !== 4401) return scheduleReconnect();
  // 4401 is ours: the session has ended. Any request now leads to the sign-in page.
  delete document.body.dataset.connected;
  isSignedOut = true;
  const { hasUnsavedInput } = await import("./unsaved_input.js");
  if (hasUnsavedInput()) showStatus("You were signed out. Sign in to send.");
  else setTimeout(catchUp, 1000);
}

/** Pages come back within 2.5 seconds of the server, hidden ones within 10, but not all at once. One without room is asked ever less often. */
function scheduleReconnect() {
  clearTimeout(timer);
  delete document.body.dataset.connected;
  lostAt ||= Date.now();
  const spread = (0.5 + 2 * Math.random()) * (visibility() === "1" ? 1000 : 4000);
  timer = setTimeout(askForRoom, attempts ? Math.min(pollInterval, 500 * 2 ** attempts) * (0.7 + Math.random() * 0.6) : spread);
}

/** Asks before it connects: a socket does not tell why it failed, and browsers delay those that follow. */
async function askForRoom() {
  clearTimeout(timer);
  const { status, headers } = await fetch(`${live}?waiting=${waiting}`, { signal: AbortSignal.timeout(5000) }).catch(() => ({ status: 502 }));
  if (!lostAt || socket?.readyState <= WebSocket.OPEN) return;
  // A proxy that can't reach the server does not say when to come again.
  room = status < 502 ? "some" : headers?.has("Retry-After") ? "full" : "away";
  if (room === "some") return connect();
  attempts = room === "full" ? attempts + 1 : 0;
  updateStatus();
  scheduleReconnect();
}

function disconnect() {
  const closing = socket;
  socket = null;
  closing?.close();
}

/** A server that answers, but has or opens no socket, is polled, and nothing is missing. */
function updateStatus() {
  const since = Date.now() - lostAt;
  if (!lostAt || isSignedOut || since < 3000) return;
  const isLost = room === "away" || (room === "some" && since < pollInterval);
  showStatus(isLost ? (navigator.onLine ? "Reconnecting…" : "Offline") : "");
}

function sendVisibility() {
  if (lostAt || lastVisibility === visibility()) return;
  lastVisibility = visibility();
  import("./visibility_sender.js").then(({ send }) => send(tab, lastVisibility)).catch(() => { lastVisibility = ""; });
}

/** After a sleep or on another network, an open socket may be dead without a report: forced, it is replaced too. */
function reconnect(isForced) {
  if (isSignedOut || !navigator.onLine || !(lostAt || isForced)) return;
  waiting &&= isForced;
  attempts = 0;
  disconnect();
  scheduleReconnect();
  askForRoom();
  catchUp();
}

function checkConnection() {
  const isSilent = socket?.readyState <= WebSocket.OPEN && Date.now() - receivedAt > maxSilence;
  if (isSilent) reconnect(true);
  else if (lostAt && !isSignedOut && navigator.onLine && visibility() === "1") catchUp();
}

if (live) {
  connect();
  setInterval(checkConnection, Math.min(pollInterval, maxSilence / 4));
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
    if (persisted) { lostAt = Date.now(); connect(); }
    // Back shows the page as it was left.
    if (persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward") catchUp();
  });
}
