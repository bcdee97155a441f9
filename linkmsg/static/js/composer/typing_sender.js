// That one is typing is told while one does, at most every three seconds.
import { conversationOf } from "./drafts.js";

const every = 3200;
let last = 0;
let waiting;

/** Something was typed into a composer. */
export function type(field) {
  clearTimeout(waiting);
  const typist = document.getElementById(`typist-${conversationOf(field.form)}`);
  if (typist && field.value.trim()) waiting = setTimeout(tell, Math.max(0, last + every - Date.now()), typist);
}

function tell(typist) {
  if (!typist.isConnected) return;
  last = Date.now();
  htmx.trigger(typist, "typing", {}, false);
}
