// What was typed and not yet sent, for this tab and this member alone.
const ours = "linkmsg:";
const { member } = document.body.dataset;
const mine = `${ours}${member}:`;

export const conversationOf = (composer) => composer.id.replace(/^\w+-/, "");

/** `{ draft, files, sends: [{ nonce, body, files, why, waits, action, to }] }` of a conversation; `why` is null while a send is under way. */
export function kept(conversation) {
  try {
    return { draft: "", files: [], sends: [], ...JSON.parse(sessionStorage.getItem(mine + conversation)) };
  } catch {
    return { draft: "", files: [], sends: [] };
  }
}

/** Changes some of what is kept of a conversation; nothing left leaves no trace. */
export function keep(conversation, changes) {
  const whole = { ...kept(conversation), ...changes };
  try {
    if (whole.draft || whole.files.length || whole.sends.length) sessionStorage.setItem(mine + conversation, JSON.stringify(whole));
    else sessionStorage.removeItem(mine + conversation);
  } catch {
    // A store that is full or forbidden costs no more than the text after a reload.
  }
}

/** The files that a form would send now: `{ key, chip }`, the chip as it is drawn. */
export function carried(form) {
  return [...form.querySelectorAll(".tray [name=attachment]")].map((box) => ({ key: box.value, chip: box.closest("li").outerHTML }));
}

/** The conversations in which something was sent that has not arrived. */
export function unsent() {
  try {
    return Object.keys(sessionStorage).filter((key) => key.startsWith(mine)).map((key) => key.slice(mine.length)).filter((each) => kept(each).sends.length);
  } catch {
    return [];
  }
}

/** Whether something was typed that is kept nowhere but on this page. */
export function isHolding() {
  return [...document.querySelectorAll("textarea, input:not([type=hidden], [type=search])")].some((field) => !field.form?.matches(".composer[hx-post]") && (field.value !== field.defaultValue || /^(carried|kept)/.test(field.id)));
}

function forget(isGone) {
  try {
    Object.keys(sessionStorage).filter((key) => key.startsWith(ours) && isGone(key)).forEach((key) => sessionStorage.removeItem(key));
  } catch {
    // As above.
  }
}

document.addEventListener("submit", ({ target, submitter }) => {
  const address = submitter?.getAttribute("formaction") ?? target.getAttribute("action");
  if (address?.endsWith("/sign-out")) forget(() => true);
});

if (member) forget((key) => !key.startsWith(mine));
// Threads load it by themselves; it sends from any page what was written in one.
if (unsent().length) import("./sending.js");
