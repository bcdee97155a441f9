// A voice message: recorded here, then a file like any other, to be heard before it is sent.
import { announce } from "./arrive.js";
import { say, take } from "./tray.js";
import { unwait } from "./waiting.js";

const longest = 120;
const types = [["audio/mp4;codecs=mp4a.40.2", "m4a"], ["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"]];
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Asks for the microphone and records until one stops, or for two minutes. */
export async function record(form) {
  if (document.querySelector(".recorder")) return;
  say(form, "");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((fault) => say(form, reason(fault)));
  if (!stream) return;
  const [type, ending] = types.find(([each]) => MediaRecorder.isTypeSupported(each)) ?? ["", "webm"];
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
  const panel = show(form, recorder);
  const pieces = [];
  const stopWatching = watch(stream, panel, recorder);
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.onstop = () => {
    stopWatching();
    stream.getTracks().forEach((track) => track.stop());
    const isKept = panel.isConnected;
    panel.remove();
    form.querySelector("[data-record]").focus();
    const isEmpty = !pieces.some(({ size }) => size);
    if (isEmpty) unwait(form);
    if (isKept && isEmpty) say(form, "Nothing was recorded. Try again.");
    else if (isKept) take(form, [new File(pieces, `${name()}.${ending}`, { type: type.split(";")[0] })], true);
  };
  recorder.start();
  announce("Recording.");
}

function show(form, recorder) {
  const panel = form.querySelector("[data-recorder]").content.firstElementChild.cloneNode(true);
  panel.addEventListener("click", ({ target }) => {
    const pressed = target.closest("button");
    if (!pressed) return;
    if (pressed.matches("[data-drop]")) panel.remove();
    recorder.stop();
  });
  form.querySelector(".tray").before(panel);
  panel.querySelector("[data-stop]").focus();
  return panel;
}

/** Shows the time and how loud it is; what has left the page is over. */
function watch(stream, panel, recorder) {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  const samples = new Uint8Array(analyser.fftSize);
  const began = performance.now();
  audio.createMediaStreamSource(stream).connect(analyser);
  const timer = setInterval(() => {
    const seconds = (performance.now() - began) / 1000;
    analyser.getByteTimeDomainData(samples);
    const loud = Math.max(...samples) - 128;
    panel.querySelector("[role=timer]").textContent = `${clock(seconds)} / ${clock(longest)}`;
    panel.querySelector("progress").value = Math.min(1, loud / 64);
    if (recorder.state === "recording" && (!panel.isConnected || seconds >= longest)) recorder.stop();
  }, 100);
  return () => {
    clearInterval(timer);
    audio.close();
  };
}

/** The day and the hour: what one would call it who looks for it later. */
function name() {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString();
  return `Voice message ${now.slice(0, 10)} ${now.slice(11, 16).replace(":", ".")}`;
}

function reason({ name: fault }) {
  if (fault === "NotFoundError") return "There is no microphone on this device.";
  if (fault === "NotReadableError") return "Another program uses the microphone. Close it, then try again.";
  return "The microphone is blocked. Allow it for this page in your browser, then try again.";
}
