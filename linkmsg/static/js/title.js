// Pushed counts hold no title: the page's own count writes it. `finally` comes after htmx has set a title.
const number = /\d[\d,]*\+?/;

document.addEventListener("htmx:finally:swap", () => {
  const unread = document.getElementById("unread");
  if (!unread) return;
  const count = unread.hidden ? "0" : (unread.textContent.match(number)?.[0] ?? "0");
  const name = document.title.replace(/^\(\d[\d,]*\+?\) /, "");
  const title = count === "0" ? name : `(${count}) ${name}`;
  if (document.title !== title) document.title = title;
});
