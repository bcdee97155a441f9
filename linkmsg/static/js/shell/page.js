// What every page needs: toasts, announcements, and the line that says that the connection is lost.
let status = "";
let isProcessed = false;

// On a slow phone htmx would take longer for the whole page than a tap may wait. So it gets one part after the other.
document.addEventListener("htmx:before:process", async (event) => {
  if (event.target !== document.body) return;
  event.preventDefault();
  for (const part of document.querySelectorAll("#thread, main > :not(#thread), body > :not(main)")) {
    htmx.process(part);
    await new Promise((done) => { setTimeout(done); });
  }
  isProcessed = true;
  // For modules that were loaded meanwhile.
  document.body.dispatchEvent(new CustomEvent("htmx:after:process", { bubbles: true }));
});

// Back shows pages as they were left, also those of a member who has signed out since.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted || !(localStorage.left > performance.timeOrigin)) return;
  document.documentElement.hidden = true;
  location.reload();
});

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

// Offline, the browser's error page would replace this one and the text typed in it.
window.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isInternal = link?.origin === location.origin && !/^#/.test(link.getAttribute("href"));
  if (!isInternal || event.defaultPrevented || navigator.onLine || "connected" in document.body.dataset) return;
  event.preventDefault();
  toast("You’re offline.");
});

document.addEventListener("htmx:after:swap", () => showStatus());

onInsert(".toast:not(:has(button:not([data-dismiss])))", (item) => setTimeout(expire, 6000, item));

/** Call `callback` once for each matching element, now on the page or inserted later by htmx. */
export function onInsert(selector, callback) {
  const seen = new WeakSet();
  const visit = (element) => {
    if (seen.has(element)) return;
    seen.add(element);
    callback(element);
  };
  document.addEventListener("htmx:after:process", ({ target }) => {
    if (target.matches?.(selector)) visit(target);
    target.querySelectorAll(selector).forEach(visit);
  });
  if (isProcessed) document.querySelectorAll(selector).forEach(visit);
}

/** Call `callback(ctx, event)` when an htmx request failed or was answered with an error. */
export function onRequestError(callback) {
  for (const name of ["htmx:error", "htmx:response:error"]) document.addEventListener(name, (event) => callback(event.detail.ctx, event));
}

/** Return whether this tab is visible and has the focus. */
export const isPageActive = () => document.visibilityState === "visible" && document.hasFocus();

/** Return whether a click follows a link in this tab: no key is held, and nothing else took the click. */
export const isPlainClick = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) && !event.defaultPrevented;

/** Create the element of a template. Its HTML is in an attribute, because text browsers show the content of templates. */
export function fromTemplate({ dataset }) {
  const page = new DOMParser().parseFromString(dataset.html, "text/html");
  return document.importNode(page.body.firstElementChild, true);
}

/** Announce a sentence to screen readers. */
export function announce(sentence) {
  document.getElementById("announce")?.replaceChildren(sentence);
}

/** Show a toast with text and elements, in place of the last one. */
export function toast(...parts) {
  const item = document.createElement("p");
  item.className = "toast";
  item.append(...parts);
  document.getElementById("toasts").replaceChildren(item);
}

/** Show a sentence on the connection, or the last one again after a swap. An empty one hides the line. */
export function showStatus(sentence = status) {
  status = sentence;
  for (const line of document.querySelectorAll(".connection")) {
    line.hidden = !status;
    if (line.textContent !== status) line.textContent = status;
  }
}

function expire(item) {
  if (item.matches(":hover, :focus-within")) setTimeout(expire, 1000, item);
  else item.remove();
}
