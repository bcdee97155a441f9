// While files are over the page it shows where they go.
const stay = 600;
let away;

/** Browsers tell of files over the page several times a second, and nothing when they have left it. */
export function over(form, name) {
  const place = form.closest("#thread") ?? form;
  const leave = () => place.classList.remove("dropping");
  clearTimeout(away);
  if (name === "drop") return leave();
  place.classList.add("dropping");
  away = setTimeout(leave, stay);
}
