/** Return a form to send with where the thread is not open. Its huge revision asks for no other messages. */
export function standInForm(conversation) {
  const id = `outbox-${conversation}`;
  const form = document.getElementById(id) ?? document.getElementById("actions").cloneNode(true);
  if (form.id === id) return form;
  const revision = document.createElement("input");
  Object.assign(revision, { type: "hidden", name: "revision", value: "9".repeat(18) });
  Object.assign(form, { id, className: "outbox" }).append(revision);
  form.dataset.conversation = conversation;
  return document.body.appendChild(form);
}
