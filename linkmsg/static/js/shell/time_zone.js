// The time zone of this device, where the page does not know one yet.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
for (const field of document.querySelectorAll("[data-zone]")) {
  if (!field.value && timeZone) field.value = timeZone;
}
