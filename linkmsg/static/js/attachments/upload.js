// Uploads by XMLHttpRequest: fetch reports no progress.
const maxParallel = 3;
const timeout = 60000;
const queue = [];
let running = 0;

/** Upload a file and resolve with its list item as HTML, or reject with a sentence, and whether it is of no use to try again; `onProgress(part, text)` is called meanwhile. */
export function upload(file, { signal, voice, onProgress }) {
  return new Promise((resolve, reject) => {
    queue.push({ file, signal, voice, onProgress, resolve, reject });
    startNext();
  });
}

/** Format a size in bytes: 812 bytes, 48 kB, 1.2 MB. */
export function formatSize(bytes, scale = bytes) {
  if (scale < 1000) return `${Math.round(bytes)} bytes`;
  return scale < 999500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(scale < 9.95e6 ? 1 : 0)} MB`;
}

function startNext() {
  while (running < maxParallel && queue.length) {
    const job = queue.shift();
    if (job.signal.aborted) continue;
    running += 1;
    send(job).then(job.resolve, job.reject).finally(() => {
      running -= 1;
      startNext();
    });
  }
}

function send({ file, signal, voice, onProgress }) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  if (voice) form.append("voice", "1");
  form.append("files", file, file.name);
  request.open("POST", "/files");
  request.setRequestHeader("X-CSRFToken", document.querySelector("#actions [name=csrf_token]").value);
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    const report = progressReporter(file.size, onProgress);
    let timer;
    const restartTimer = () => {
      clearTimeout(timer);
      // Browsers report a dead connection only after many minutes.
      timer = setTimeout(() => request.abort(), timeout);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      restartTimer();
      report(loaded / total);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      if (request.status === 201) resolve(request.responseText);
      else errorOf(request, file).then((sentence) => reject({ sentence, isFinal: [413, 415].includes(request.status) }));
    };
    restartTimer();
    request.send(form);
  });
}

/** Reports at most twice a second: "12 of 25 MB · 1.2 MB/s". */
function progressReporter(size, onProgress) {
  const samples = [[performance.now(), 0]];
  let reportedAt = 0;
  return (part) => {
    const now = performance.now();
    if (part < 1 && now - reportedAt < 500) return;
    reportedAt = now;
    samples.push([now, part * size]);
    if (samples.length > 8) samples.shift();
    const [[then, before]] = samples;
    const speed = ((part * size - before) / Math.max(1, now - then)) * 1000;
    const [done] = formatSize(part * size, size).split(" ");
    onProgress(part, part < 1 ? `${done} of ${formatSize(size)} · ${formatSize(speed)}/s` : "Finishing…");
  };
}

async function errorOf({ status, responseText }, file) {
  const sentence = new DOMParser().parseFromString(responseText, "text/html").querySelector(".error")?.textContent.trim();
  if (sentence) return sentence;
  if ([200, 400, 401].includes(status)) return "You were signed out, or this page was open for too long. Reload it.";
  // Our own server says why. A proxy answers with a page of its own.
  if (status === 413) return "The server’s proxy refuses files this large. Ask an administrator to raise its limit.";
  if (status === 502 || status === 504) return "The server can’t be reached.";
  if (status) return "Something went wrong on the server.";
  // A dropped folder can't be read, nor a file that has changed since.
  const isReadable = await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
  if (!isReadable) return "The file can’t be read. To send a folder, compress it into one file.";
  return navigator.onLine ? "The server can’t be reached." : "You’re offline.";
}
