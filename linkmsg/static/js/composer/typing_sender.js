// Tells the server that the member is typing.

const interval = 3200;
let lastSentAt = 0;
let timer;

/** Send a typing notice for a field, at most one in each interval. */
export function notifyTyping(field) {
  clearTimeout(timer);
  const form = document.getElementById(`typing-form-${field.form.dataset.conversation}`);
  if (form && field.value.trim()) timer = setTimeout(send, Math.max(0, lastSentAt + interval - Date.now()), form);
}

function send(form) {
  if (!form.isConnected) return;
  lastSentAt = Date.now();
  htmx.trigger(form, "typing", {}, false);
}
