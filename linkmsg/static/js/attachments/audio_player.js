// Our player for sound, in place of the browser's: play, position, time and speed.
const speeds = [1, 1.5, 2];
let speed = speeds[0];

const formatTime = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

// One at a time, a video too.
document.addEventListener("play", ({ target }) => {
  for (const media of document.querySelectorAll("audio, video")) if (media !== target) media.pause();
}, true);

class AudioPlayer extends HTMLElement {
  connectedCallback() {
    if (this.audio) return;
    this.audio = this.querySelector("audio");
    [this.bar, this.time] = [this.querySelector("[type=range]"), this.querySelector("[data-time]")];
    this.audio.controls = false;
    this.querySelector(".player").hidden = false;
    for (const name of ["play", "pause", "ended", "seeked", "durationchange", "error"]) this.audio.addEventListener(name, () => this.draw());
    this.addEventListener("click", (event) => this.press(event.target.closest("button")));
    this.bar.addEventListener("keydown", (event) => this.step(event));
    this.bar.addEventListener("input", (event) => {
      event.stopPropagation();
      this.seek(Number(this.bar.value));
    });
    this.draw();
  }

  press(button) {
    if (button?.matches("[data-speed]")) changeSpeed();
    if (!button?.matches("[data-play]")) return;
    if (!this.audio.paused) return this.audio.pause();
    if (this.audio.error) this.audio.load();
    this.audio.playbackRate = speed;
    this.audio.play().catch(() => this.draw());
  }

  /** The arrow keys move by five seconds, in a short recording by a tenth of it. */
  step(event) {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    this.seek(this.audio.currentTime + way * Math.min(5, this.length / 10));
  }

  seek(seconds) {
    if (this.length) this.audio.currentTime = Math.min(this.length, Math.max(0, seconds));
    this.draw();
  }

  /** In seconds; 0 until it is known. */
  get length() {
    return Number.isFinite(this.audio.duration) ? this.audio.duration : 0;
  }

  draw() {
    const { currentTime, paused, error } = this.audio;
    const button = this.querySelector("[data-play]");
    const length = formatTime(this.length);
    this.toggleAttribute("data-playing", !paused);
    button.title = button.lastChild.textContent = paused ? "Play" : "Pause";
    this.bar.disabled = !this.length;
    this.bar.max = this.length || 1;
    this.bar.value = currentTime;
    this.bar.style.setProperty("--filled", `${100 * currentTime / this.bar.max}%`);
    this.bar.setAttribute("aria-valuetext", `${formatTime(currentTime)} of ${length}`);
    this.time.textContent = error ? "Can’t be played" : `${formatTime(currentTime)} / ${length}`;
    showSpeed(this);
    if (!paused && this.isConnected) requestAnimationFrame(() => this.draw());
  }
}

function changeSpeed() {
  speed = speeds[(speeds.indexOf(speed) + 1) % speeds.length];
  for (const player of document.querySelectorAll("audio-player")) {
    player.querySelector("audio").playbackRate = speed;
    showSpeed(player);
  }
}

function showSpeed(player) {
  const words = player.querySelector("[data-speed]").lastChild;
  if (words.textContent !== `${speed}×`) words.textContent = `${speed}×`;
}

customElements.define("audio-player", AudioPlayer);
