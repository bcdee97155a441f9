/** Show how long a text is, when it is nearly too long. */
export function show({ value, dataset }, hint) {
  const limit = Number(dataset.limit);
  const length = [...value].length;
  hint.textContent = length < limit * 0.9 ? "" : `${length.toLocaleString("en")} of ${limit.toLocaleString("en")}`;
  hint.classList.toggle("over", length > limit);
}
