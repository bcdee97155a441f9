// Searching as one types: what is heard of it, what is kept of it, and trying again.
import { announce } from "./arrive.js";
import { toast } from "./toasts.js";

const field = document.getElementById("q");
const found = () => document.getElementById("found");
const search = () => htmx.trigger(field, "go", {}, false);
let kept = field.value;
let failed = false;

field.form.addEventListener("submit", (event) => {
  // What is filled in beside the words becomes operators of them, on the way to another page.
  if ([...event.target.elements].some(({ id, value, defaultValue }) => id.startsWith("narrow-") && value !== defaultValue)) return;
  event.preventDefault();
  search();
  keep();
  // The keys of a phone would cover what was found.
  if (matchMedia("(pointer: coarse)").matches) field.blur();
});

// What stands there meanwhile is not what was found; the answer takes this away.
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === field) found().setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement !== field) return;
  failed = false;
  const heard = [...found().querySelectorAll(":scope > .hint, .suggestion, #search-count, .empty h2")].map((each) => each.textContent.trim());
  const meant = found().querySelectorAll(".meant").length;
  if (meant) heard.push(`${meant} offered`);
  announce(heard.join(". ").replaceAll(/([.?!])[.] /g, "$1 "));
});

for (const name of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(name, ({ detail: { ctx } }) => {
    if (ctx?.sourceElement !== field && !ctx?.sourceElement.closest("#found")) return;
    failed = ctx.sourceElement === field;
    toast(ctx.response?.status === 429 ? "That was a lot of searches at once. Try again in a moment." : "Not searched. The server could not be reached.");
  });
}

// With the line what was not answered is asked again.
for (const [target, name] of [[window, "online"], [document, "live"]]) {
  target.addEventListener(name, () => failed && search());
}

// What was typed before htmx listened.
document.addEventListener("DOMContentLoaded", () => {
  if (field.value !== field.defaultValue) search();
});

field.addEventListener("change", keep);

document.addEventListener("click", ({ target }) => {
  if (target.closest("#found .hit a")) keep();
});

function keep() {
  const text = field.value.trim();
  if (!text || text === kept) return;
  kept = text;
  const token = document.querySelector("#acts [name=csrf_token]").value;
  fetch(found().dataset.remember, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, q: text }) }).catch(() => {});
}
