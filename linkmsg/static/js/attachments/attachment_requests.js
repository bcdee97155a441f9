/** Post form fields to an address; the request outlives the page. */
export function postForm(address, fields = {}) {
  const body = new URLSearchParams({ csrf_token: document.querySelector("#actions [name=csrf_token]").value, ...fields });
  return fetch(address, { method: "POST", body, keepalive: true });
}

/** Delete the uploads of a discarded message. The server keeps them if the message arrived after all. */
export function discardUploads(files) {
  for (const { key } of files) postForm(`/uploads/${key}/discard`).catch(() => {});
}
