import { arrive } from "./arrive.js";

const stay = 6000;

document.addEventListener("click", ({ target }) => {
  target.closest("[data-dismiss]")?.closest(".toast")?.remove();
});

arrive(".toast:not(:has(button:not([data-dismiss])))", (toast) => setTimeout(leave, stay, toast));

function leave(toast) {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1000, toast);
  else toast.remove();
}
