// A list of people that is searched while the member types: it is dimmed until the answer comes, and its count is announced.
import "./kept_fields.js";
import "./result_keys.js";
import { announce, onRequestError } from "../shell/page.js";

const results = () => document.getElementById("results");
const isSearch = (ctx) => ctx?.sourceElement?.id === "q";

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (isSearch(ctx)) results().setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (isSearch(ctx)) announce(results().querySelector("h2")?.textContent.trim());
});

onRequestError((ctx) => {
  if (isSearch(ctx)) results().removeAttribute("aria-busy");
});
