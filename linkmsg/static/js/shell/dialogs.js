// Opens the form of a linked page in a dialog. If that fails, the link works as a link.
import { isPlainClick, onRequestError } from "./page.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  open(link);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#dialog a[href]");
  if (!link || link.href !== location.href) return;
  event.preventDefault();
  link.closest("dialog").close();
});

onRequestError((ctx) => {
  if (ctx?.sourceElement.matches("a[data-dialog]")) location.assign(ctx.sourceElement.href);
});

async function open(link) {
  const dialog = document.getElementById("dialog") ?? createDialog();
  await htmx.ajax("GET", link.getAttribute("href"), { source: link, target: dialog, select: "#main > *", swap: "innerHTML ignoreTitle:true" });
  if (!dialog.firstElementChild) return;
  dialog.querySelector("h1, h2")?.setAttribute("id", "dialog-heading");
  dialog.showModal();
}

function createDialog() {
  const dialog = document.createElement("dialog");
  dialog.id = "dialog";
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "dialog-heading");
  dialog.addEventListener("close", () => dialog.remove());
  return document.body.appendChild(dialog);
}
