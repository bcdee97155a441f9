/** Return whether the page holds text that is stored nowhere else. */
export function hasUnsavedInput() {
  return [...document.querySelectorAll("textarea, input:not([type=hidden], [type=search])")].some((field) => !field.form?.matches(".composer[hx-post]") && (field.value !== field.defaultValue || /^(carried|unsent)/.test(field.id)));
}
