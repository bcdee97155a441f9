// Fills empty time zone fields with the zone of this device.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
for (const field of document.querySelectorAll("[data-zone]")) {
  if (!field.value && timeZone) field.value = timeZone;
}
