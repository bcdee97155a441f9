// Records a voice message and attaches it as a file, so that it can be played before it is sent.
import { announce, fromTemplate } from "../shell/page.js";
import "./attachment_actions.js";
import { addFiles, showError } from "./attachment_list.js";
import { cancelSend } from "./send_after_upload.js";

const maxSeconds = 120;
const types = [["audio/mp4;codecs=mp4a.40.2", "m4a"], ["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"]];
const formatTime = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Record until the member stops, for two minutes at most. */
export async function record(form) {
  if (document.querySelector(".recorder")) return;
  showError(form, "");
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((error) => showError(form, describe(error)));
  if (!stream) return;
  const [type, ending] = types.find(([each]) => MediaRecorder.isTypeSupported(each)) ?? ["", "webm"];
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
  const panel = showPanel(form, recorder);
  const chunks = [];
  const stopMeter = startMeter(stream, panel, recorder);
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = () => {
    stopMeter();
    stream.getTracks().forEach((track) => track.stop());
    const isSaved = panel.isConnected;
    panel.remove();
    form.querySelector("[data-record]").focus();
    const isEmpty = !chunks.some(({ size }) => size);
    if (isEmpty) cancelSend(form);
    if (isSaved && isEmpty) showError(form, "Nothing was recorded. Try again.");
    else if (isSaved) addFiles(form, [new File(chunks, `${fileName()}.${ending}`, { type: type.split(";")[0] })], true);
  };
  recorder.start();
  announce("Recording.");
}

function showPanel(form, recorder) {
  const panel = fromTemplate(form.querySelector("[data-recorder]"));
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.matches("[data-discard-recording]")) panel.remove();
    recorder.stop();
  });
  form.querySelector(".attachment-list").before(panel);
  panel.querySelector("[data-stop]").focus();
  return panel;
}

/** Shows time and volume. Ends the recording when its panel has left the page. */
function startMeter(stream, panel, recorder) {
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  const samples = new Uint8Array(analyser.fftSize);
  const startedAt = performance.now();
  audio.createMediaStreamSource(stream).connect(analyser);
  const timer = setInterval(() => {
    const seconds = (performance.now() - startedAt) / 1000;
    analyser.getByteTimeDomainData(samples);
    const volume = Math.max(...samples) - 128;
    panel.querySelector("[role=timer]").textContent = `${formatTime(seconds)} / ${formatTime(maxSeconds)}`;
    panel.querySelector("progress").value = Math.min(1, volume / 64);
    if (recorder.state === "recording" && (!panel.isConnected || seconds >= maxSeconds)) recorder.stop();
  }, 100);
  return () => {
    clearInterval(timer);
    audio.close();
  };
}

/** The date and the time, so that it can be found later. */
function fileName() {
  const now = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString();
  return `Voice message ${now.slice(0, 10)} ${now.slice(11, 16).replace(":", ".")}`;
}

function describe({ name }) {
  if (name === "NotFoundError") return "No microphone was found.";
  if (name === "NotReadableError") return "Another app is using the microphone. Close it, then try again.";
  return "The microphone is blocked. Allow it for this page in your browser, then try again.";
}
