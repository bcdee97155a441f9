// A page that was opened before its member signed in again has the token of a session that has ended.
import { hasUnsavedInput } from "../live/unsaved_input.js";
import { reject } from "./rejections.js";
import { sendOn } from "./send_queue.js";

const renewed = new Set();

/** Give the page the token of the present session, and send again, once. If that is another member's, or none, load the page again. */
export async function renewToken(ctx) {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("#actions [name=csrf_token]")?.value;
  if (token && page.body.dataset.member === document.body.dataset.member && !renewed.has(ctx.send.nonce)) {
    renewed.add(ctx.send.nonce);
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    sendOn(ctx.sourceElement.dataset.conversation);
  } else if (answer.redirected && !hasUnsavedInput()) location.reload();
  else reject(ctx);
}
