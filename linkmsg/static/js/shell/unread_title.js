// Pushed counts hold no title: the page's own count writes it, and draws it on the icon of the tab.
const number = /\d[\d,]*\+?/;
let drawn = "0";

document.addEventListener("htmx:finally:swap", show);
show();

function show() {
  const unread = document.getElementById("unread");
  if (!unread) return;
  const count = unread.hidden ? "0" : (unread.textContent.match(number)?.[0] ?? "0");
  const name = document.title.replace(/^\(\d[\d,]*\+?\) /, "");
  const title = count === "0" ? name : `(${count}) ${name}`;
  if (document.title !== title) document.title = title;
  if (count !== drawn) import("./badge.js").then(({ draw }) => draw(count), () => {});
  drawn = count;
}
