// A text field whose list of options is used by keyboard too: an editable combobox of the ARIA Authoring Practices.
// `data-options` is the id of the list; with `data-first` the first option is chosen unless another one is.
import { onRequestError } from "../shell/page.js";
import "./kept_fields.js";

const listOf = (field) => document.getElementById(field.dataset.options);
const optionsOf = (field) => [...(listOf(field)?.querySelectorAll(".option") ?? [])];
const activeOf = (field) => document.getElementById(field.getAttribute("aria-activedescendant"));
const textOf = (field) => field.value.trim();
// The text that the list answers, by field.
const shown = new WeakMap();
// The field in which Enter was pressed before the answer to its text arrived.
let waiting;

document.addEventListener("focusin", ({ target }) => target.matches("[data-options]") && update(target));

document.addEventListener("click", ({ target }) => target.matches("[data-options]") && open(target));

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-options]")) return;
  waiting = null;
  activate(target, null);
  open(target);
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement.matches?.("[data-options]")) ctx.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  for (const field of document.querySelectorAll("[data-options]")) {
    if (field === ctx?.sourceElement) {
      shown.set(field, new URL(ctx.response.raw.url).searchParams.get(field.name)?.trim());
      ctx.target.removeAttribute("aria-busy");
    } else if (!field.hasAttribute("role")) continue;
    update(field);
  }
  if (waiting && waiting === ctx?.sourceElement && isCurrent(waiting)) choose(activeOf(waiting));
});

onRequestError(() => { waiting = null; });

document.addEventListener("keydown", (event) => {
  const { target: field, key } = event;
  if (!field.matches("[data-options]") || event.isComposing || event.ctrlKey || event.metaKey) return;
  if (keys[key]?.(field, event)) event.preventDefault();
});

const keys = {
  ArrowDown: (field, event) => move(field, 1, event),
  ArrowUp: (field, event) => move(field, -1, event),
  Enter: accept,
  Tab: (field, { shiftKey }) => !shiftKey && textOf(field) && isCurrent(field) && choose(activeOf(field)),
  Escape: close,
};

/** Whether the list answers what the field says. */
function isCurrent(field) {
  return textOf(field) === (shown.get(field) ?? field.defaultValue.trim());
}

function move(field, by, { altKey, shiftKey }) {
  const options = optionsOf(field);
  if (!options.length || shiftKey) return false;
  // Alt opens and closes the list without moving in it.
  listOf(field).hidden = altKey && by < 0;
  const at = options.indexOf(activeOf(field));
  if (!altKey) activate(field, options.at(at < 0 && by < 0 ? -1 : (at + by) % options.length));
  update(field);
  return true;
}

function accept(field) {
  if ("first" in field.dataset && textOf(field) && !isCurrent(field)) waiting = field;
  return choose(activeOf(field)) || waiting === field;
}

function close(field) {
  const list = listOf(field);
  if (list && !list.hidden) shut(field);
  else if ("first" in field.dataset && field.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  } else return false;
  return true;
}

function open(field) {
  listOf(field)?.removeAttribute("hidden");
  update(field);
}

export function shut(field) {
  listOf(field).hidden = true;
  activate(field, null);
  update(field);
}

function choose(option) {
  if (!option || option.closest("[hidden]")) return false;
  option.click();
  return true;
}

function activate(field, option) {
  for (const each of optionsOf(field)) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

/** Give the field and its list their roles. A field that is not always a combobox is one while it has options. */
export function update(field) {
  const list = listOf(field);
  const isOpen = Boolean(list) && !list.hidden;
  const isCombobox = list || "first" in field.dataset;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": String(isOpen) })) {
    if (isCombobox) field.setAttribute(name, value);
    else field.removeAttribute(name);
  }
  if (list) field.setAttribute("aria-controls", list.id);
  else field.removeAttribute("aria-controls");
  list?.setAttribute("role", "listbox");
  for (const option of optionsOf(field)) {
    option.setAttribute("role", "option");
    option.tabIndex = -1;
    option.parentElement.setAttribute("role", "none");
  }
  const active = activeOf(field);
  const isFirst = "first" in field.dataset && textOf(field) && isCurrent(field);
  activate(field, isOpen ? (optionsOf(field).includes(active) ? active : isFirst ? optionsOf(field)[0] : null) : null);
}

if (document.activeElement?.matches("[data-options]")) update(document.activeElement);
