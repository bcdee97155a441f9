// What is not sent is told where its thread is not open: by its row, by a toast, and before the tab is closed.
import { kept, unsent } from "./drafts.js";
import { toast } from "./toasts.js";

let leftAt = 0;

/** Tells of a send that was refused. */
export function complain(conversation, { action, to }, why) {
  if (document.getElementById(`scroller-${conversation}`)) return;
  const link = document.createElement("a");
  Object.assign(link, { href: action, className: "btn", textContent: "Open" });
  toast(`To ${to}: ${why}`, link);
}

/** Puts into each row what of its conversation is not sent. */
export function tell() {
  const conversations = unsent();
  document.querySelectorAll(".waits:not(:empty)").forEach((place) => place.replaceChildren());
  for (const each of conversations) mark(each, kept(each).sends);
  window.onbeforeunload = conversations.some((each) => isAtRisk(kept(each).sends)) ? hold : null;
}

function mark(conversation, sends) {
  const place = document.querySelector(`#row-${conversation} .waits`);
  const isFailed = sends.some(({ why, waits }) => why !== null && !waits);
  if (!place || !(isFailed || sends.some(({ waits }) => waits))) return;
  const isOpen = document.getElementById(`scroller-${conversation}`);
  place.classList.toggle("danger", isFailed);
  place.textContent = isFailed ? `Not sent.${isOpen ? "" : " Open to try again"}` : "Not sent yet";
}

/** What is on its way goes on without the page; what waits is kept by the tab, and goes with it. */
function isAtRisk(sends) {
  return sends.some(({ waits }) => waits) || sends.filter(({ why }) => why === null).length > 1;
}

/** A way within the place leaves the tab open. */
function hold(event) {
  if (Date.now() - leftAt > 1000) event.preventDefault();
}

const [source, name] = window.navigation ? [navigation, "navigate"] : [window, "click"];
source.addEventListener(name, ({ destination }) => { if (!destination?.sameDocument) leftAt = Date.now(); });
document.addEventListener("htmx:after:swap", tell);
