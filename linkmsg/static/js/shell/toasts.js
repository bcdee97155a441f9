import { arrive } from "./arrive.js";

const stay = 6000;

/** Says something at the edge of the page. */
export function toast(...what) {
  const item = document.createElement("p");
  item.className = "toast";
  item.append(...what);
  document.getElementById("toasts").replaceChildren(item);
}

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

// The browser's own page about a lost connection would take this one away, and what is written in it.
window.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isLeft = link?.origin === location.origin && !/^#/.test(link.getAttribute("href"));
  if (!isLeft || event.defaultPrevented || navigator.onLine || "connected" in document.body.dataset) return;
  event.preventDefault();
  toast("Not opened. You are offline.");
});

arrive(".toast:not(:has(button:not([data-dismiss])))", (item) => setTimeout(leave, stay, item));

function leave(item) {
  if (item.matches(":hover, :focus-within")) setTimeout(leave, 1000, item);
  else item.remove();
}
