// Files into the house, three at a time. XMLHttpRequest, for fetch does not tell how far it has come.
const most = 3;
const patience = 60000;
const waiting = [];
let running = 0;

/** Uploads a file, and resolves with its chip as the server draws it; rejects with a sentence. `tell` is told how far it is. */
export function upload(file, { signal, voice, tell }) {
  return new Promise((resolve, reject) => {
    waiting.push({ file, signal, voice, tell, resolve, reject });
    next();
  });
}

/** 812 bytes, 48 kB, 1.2 MB. */
export function weight(bytes, scale = bytes) {
  if (scale < 1000) return `${bytes} bytes`;
  return scale < 999500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(scale < 9.95e6 ? 1 : 0)} MB`;
}

function next() {
  while (running < most && waiting.length) {
    const job = waiting.shift();
    if (job.signal.aborted) continue;
    running += 1;
    send(job).then(job.resolve, job.reject).finally(() => {
      running -= 1;
      next();
    });
  }
}

function send({ file, signal, voice, tell }) {
  const request = new XMLHttpRequest();
  const form = new FormData();
  if (voice) form.append("voice", "1");
  form.append("files", file, file.name);
  request.open("POST", "/files");
  request.setRequestHeader("X-CSRFToken", document.querySelector("#acts [name=csrf_token]").value);
  signal.addEventListener("abort", () => request.abort());
  return new Promise((resolve, reject) => {
    const speak = words(file.size, tell);
    let alive;
    const live = () => {
      clearTimeout(alive);
      // A line that died under way may not say so for a quarter of an hour.
      alive = setTimeout(() => request.abort(), patience);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      live();
      speak(loaded / total);
    };
    request.onloadend = () => {
      clearTimeout(alive);
      if (request.status === 201) resolve(request.responseText);
      else reason(request, file).then(reject);
    };
    live();
    request.send(form);
  });
}

/** How far it is, at most twice a second: "12 of 25 MB · 1.2 MB/s". */
function words(size, tell) {
  const past = [[performance.now(), 0]];
  let said = 0;
  return (part) => {
    const now = performance.now();
    if (part < 1 && now - said < 500) return;
    said = now;
    past.push([now, part * size]);
    if (past.length > 8) past.shift();
    const [[then, before]] = past;
    const speed = ((part * size - before) / Math.max(1, now - then)) * 1000;
    const [done] = weight(part * size, size).split(" ");
    tell(part, part < 1 ? `${done} of ${weight(size)} · ${weight(speed)}/s` : "Almost there…");
  };
}

async function reason({ status, responseText }, file) {
  const said = new DOMParser().parseFromString(responseText, "text/html").querySelector(".error")?.textContent.trim();
  if (said) return said;
  if ([200, 400, 401].includes(status)) return "You were signed out, or this page was open for too long. Load it again.";
  if (status === 413) return "It is larger than 25 MiB.";
  if (status) return "Something went wrong on the server.";
  // A folder that was dropped, or a file that was changed since.
  const isThere = await file.slice(0, 1).arrayBuffer().then(() => true, () => false);
  if (!isThere) return "It can’t be read. Pack a folder into one file first.";
  return navigator.onLine ? "The server could not be reached." : "You are offline.";
}
