// What was typed and not yet sent, for this tab and this member alone.
const ours = "linkmsg:";
const { member } = document.body.dataset;
const mine = `${ours}${member}:`;

export const conversationOf = (composer) => composer.id.replace("composer-", "");

/** `{ draft, sends: [{ nonce, body, why }] }` of a conversation; `why` is null while a send is under way. */
export function kept(conversation) {
  try {
    return { draft: "", sends: [], ...JSON.parse(sessionStorage.getItem(mine + conversation)) };
  } catch {
    return { draft: "", sends: [] };
  }
}

/** Changes some of what is kept of a conversation; nothing left leaves no trace. */
export function keep(conversation, changes) {
  const whole = { ...kept(conversation), ...changes };
  try {
    if (whole.draft || whole.sends.length) sessionStorage.setItem(mine + conversation, JSON.stringify(whole));
    else sessionStorage.removeItem(mine + conversation);
  } catch {
    // A store that is full or forbidden costs no more than the text after a reload.
  }
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
