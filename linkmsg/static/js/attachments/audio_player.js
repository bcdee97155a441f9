// Our player for sound, in place of the browser's: play, position, time and speed.
const speeds = [1, 1.5, 2];
const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
let speed = speeds[0];

const audioOf = (player) => player.querySelector("audio");
const barOf = (player) => player.querySelector("[type=range]");
/** In seconds; 0 until it is known. */
const lengthOf = ({ duration }) => (Number.isFinite(duration) ? duration : 0);
const formatTime = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// One at a time, a video too.
document.addEventListener("play", ({ target }) => {
  for (const media of document.querySelectorAll("audio, video")) if (media !== target) media.pause();
}, true);

customElements.define("audio-player", class extends HTMLElement {
  connectedCallback() {
    if (this.isStarted) return;
    this.isStarted = true;
    audioOf(this).controls = false;
    this.querySelector(".player").hidden = false;
    start(this);
    draw(this);
  }
});

function start(player) {
  const bar = barOf(player);
  for (const name of ["play", "pause", "ended", "seeked", "durationchange", "error"]) audioOf(player).addEventListener(name, () => draw(player));
  player.querySelector("[data-play]").addEventListener("click", () => toggle(audioOf(player)));
  player.querySelector("[data-speed]").addEventListener("click", changeSpeed);
  bar.addEventListener("keydown", (event) => step(event, player));
  bar.addEventListener("input", (event) => {
    event.stopPropagation();
    seek(player, Number(bar.value));
  });
}

function toggle(audio) {
  if (!audio.paused) return audio.pause();
  if (audio.error) audio.load();
  audio.playbackRate = speed;
  // The event "error" shows why it fails.
  audio.play().catch(() => {});
}

/** The arrow keys move by five seconds, in a short recording by a tenth of it. */
function step(event, player) {
  const audio = audioOf(player);
  const way = ways[event.key];
  if (!way) return;
  event.preventDefault();
  seek(player, audio.currentTime + way * Math.min(5, lengthOf(audio) / 10));
}

function seek(player, seconds) {
  const audio = audioOf(player);
  if (lengthOf(audio)) audio.currentTime = Math.min(lengthOf(audio), Math.max(0, seconds));
  draw(player);
}

function draw(player) {
  const { paused, error } = audioOf(player);
  const button = player.querySelector("[data-play]");
  player.toggleAttribute("data-playing", !paused);
  button.title = paused ? "Play" : "Pause";
  button.lastChild.textContent = button.title;
  drawPlace(player, error);
  drawSpeed(player);
  if (!paused && player.isConnected) requestAnimationFrame(() => draw(player));
}

function drawPlace(player, error) {
  const bar = barOf(player);
  const { currentTime } = audioOf(player);
  const length = lengthOf(audioOf(player));
  const [place, end] = [currentTime, length].map(formatTime);
  bar.disabled = !length;
  bar.max = length || 1;
  bar.value = currentTime;
  // Without a style attribute: files to send are stored as HTML, where the security policy forbids it.
  bar.animate({ "--filled": `${100 * currentTime / bar.max}%` }, { fill: "forwards" });
  bar.setAttribute("aria-valuetext", `${place} of ${end}`);
  player.querySelector("[data-time]").textContent = error ? "Can’t be played" : `${place} / ${end}`;
}

function changeSpeed() {
  speed = speeds[(speeds.indexOf(speed) + 1) % speeds.length];
  for (const player of document.querySelectorAll("audio-player")) {
    audioOf(player).playbackRate = speed;
    drawSpeed(player);
  }
}

function drawSpeed(player) {
  const words = player.querySelector("[data-speed]").lastChild;
  if (words.textContent !== `${speed}×`) words.textContent = `${speed}×`;
}
