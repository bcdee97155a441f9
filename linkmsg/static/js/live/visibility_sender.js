/** Tell the server whether a tab is in view: "1" or "0". The request outlives the page. */
export function send(tab, looking) {
  const token = document.querySelector("#actions [name=csrf_token]").value;
  return fetch(`${document.body.dataset.live}/looking`, { method: "POST", keepalive: true, body: new URLSearchParams({ csrf_token: token, tab, looking }) });
}
