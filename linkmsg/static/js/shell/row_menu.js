// The menu of a row in the inbox. All rows share it: it is filled for the row whose button opens it.
const menu = document.getElementById("row-menu");
const entries = () => [...menu.querySelectorAll(":is(a, button):not([hidden])")];
const steps = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

// Before the browser opens the menu.
document.addEventListener("click", ({ target }) => {
  const button = target.closest(".row-menu");
  if (button) fill(button);
}, true);

menu.addEventListener("click", ({ target }) => target.closest("button") && menu.hidePopover());

menu.addEventListener("keydown", (event) => {
  const all = entries();
  if (event.key === "Tab") menu.hidePopover();
  if (!steps[event.key]) return;
  event.preventDefault();
  all[steps[event.key](all.indexOf(document.activeElement), all.length)].focus();
});

// A row that moves to the top is inserted again, without the menu beside it.
document.addEventListener("htmx:after:swap", () => {
  if (menu.matches(":popover-open") && !document.getElementById(menu.dataset.opener)) menu.hidePopover();
});

// The module is loaded when the first button gets the focus: its menu may be open already.
if (document.activeElement.matches(".row-menu")) fill(document.activeElement);

/** Open the menu of a row, as its button does, and go into it. */
export function openMenu(row) {
  row.querySelector(".row-menu").click();
  entries()[0].focus();
}

function fill(button) {
  if (menu.matches(":popover-open") && menu.dataset.opener === button.id) return;
  const row = button.closest(".row");
  const id = row.id.slice("row-".length);
  const template = menu.querySelector("template");
  menu.replaceChildren(template, template.content.cloneNode(true));
  const [profile, search, unread] = ["profile", "search", "unread"].map((name) => menu.querySelector(`[data-item=${name}]`));
  profile.setAttribute("href", button.dataset.profile ?? "");
  profile.hidden = !button.dataset.profile;
  search.search = new URLSearchParams({ inside: id, open: id });
  const action = `${row.querySelector(".row-text").pathname}/unread`;
  unread.setAttribute("formaction", action);
  unread.setAttribute("hx-post", action);
  unread.hidden = profile.hidden || row.matches(".unread");
  menu.dataset.opener = button.id;
  htmx.process(menu);
}
