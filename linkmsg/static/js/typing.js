// "Bo is typing…": told while one writes, and gone five seconds after it was told last.
import { conversationOf } from "./drafts.js";

const every = 3200;
const stay = 5000;
const gone = new WeakMap();
let last = 0;
let waiting;

document.addEventListener("input", ({ target, detail }) => {
  if (!target.matches(".composer textarea") || detail === "restored") return;
  clearTimeout(waiting);
  const typist = document.getElementById(`typist-${conversationOf(target.form)}`);
  if (typist && target.value.trim()) waiting = setTimeout(tell, Math.max(0, last + every - Date.now()), typist);
});

function tell(typist) {
  if (!typist.isConnected) return;
  last = Date.now();
  htmx.trigger(typist, "typing", {}, false);
}

document.addEventListener("htmx:before:settle", ({ target }) => {
  if (!target.matches?.("[id^='typing-'], .typing")) return;
  clearTimeout(gone.get(target));
  if (target.firstChild) gone.set(target, setTimeout(() => target.replaceChildren(), stay));
});
