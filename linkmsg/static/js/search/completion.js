// Options that complete the text of a field, in a list over what follows. Other options are links.
import { shut } from "./combobox.js";

// A press on an option leaves the focus in the field.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest(".popup .option")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest(".popup .option");
  if (!option) return;
  event.preventDefault();
  const field = document.querySelector(`[data-options="${option.closest(".popup").id}"]`);
  field.value = option.dataset.value;
  shut(field);
});

document.addEventListener("focusout", ({ target }) => {
  const list = document.getElementById(target.dataset.options);
  if (list?.matches(".popup")) shut(target);
});
