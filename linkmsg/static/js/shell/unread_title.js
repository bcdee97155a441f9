// Pushed counts bring no title, so the count on the page updates the title and the icon of the tab.
import { loadModule } from "./load_module.js";

const number = /\d[\d,]*\+?/;
let drawnCount = "0";

document.addEventListener("htmx:finally:swap", update);
update();

function update() {
  const unread = document.getElementById("unread");
  if (!unread) return;
  const count = unread.hidden ? "0" : (unread.textContent.match(number)?.[0] ?? "0");
  const name = document.title.replace(/^\(\d[\d,]*\+?\) /, "");
  const title = count === "0" ? name : `(${count}) ${name}`;
  if (document.title !== title) document.title = title;
  if (count !== drawnCount) loadModule("shell/unread_badge").then((module) => module?.drawBadge(count));
  drawnCount = count;
}
