// Drafts and unsent messages of this tab, kept in sessionStorage for each member and conversation.
const prefix = "linkmsg:";
const { member } = document.body.dataset;
const ownPrefix = `${prefix}${member}:`;

/** Dispatches `change` when an unsent message is added, changed or removed; see `saveSend`. */
export const outbox = new EventTarget();

/** Return `{ draft, files, sends: [{ nonce, body, files, why, waits, action, to }] }`; `why` is null while a send is under way. */
export function readDraft(conversation) {
  const empty = { draft: "", files: [], sends: [] };
  try {
    return { ...empty, ...JSON.parse(sessionStorage.getItem(ownPrefix + conversation)) };
  } catch {
    return empty;
  }
}

/** Store changed parts of a conversation's entry, and delete the entry when it is empty. */
export function saveDraft(conversation, changes) {
  const entry = { ...readDraft(conversation), ...changes };
  try {
    if (entry.draft || entry.files.length || entry.sends.length) sessionStorage.setItem(ownPrefix + conversation, JSON.stringify(entry));
    else sessionStorage.removeItem(ownPrefix + conversation);
  } catch {
    // With storage full or forbidden, only a reload loses the text.
  }
}

/** Return the files that a form would send now, as they are stored: `{ key, html }`, the HTML of each list item. */
export function attachedFiles(form) {
  return [...form.querySelectorAll(".attachment-list [name=attachment]")].map((box) => ({ key: box.value, html: box.closest("li").outerHTML }));
}

/** Return the unsent message with a nonce. */
export const findSend = (conversation, nonce) => readDraft(conversation).sends.find((send) => send.nonce === nonce);

/** Store an unsent message in place of the one with `nonce`, or as the last. */
export function saveSend(conversation, send, nonce = send.nonce) {
  const { sends } = readDraft(conversation);
  const at = sends.findIndex((other) => other.nonce === nonce);
  saveDraft(conversation, { sends: at < 0 ? [...sends, send] : sends.with(at, send) });
  notify({ conversation, nonce, send, previous: sends[at] });
}

/** Remove a message that arrived or was discarded. */
export function removeSend(conversation, nonce) {
  saveDraft(conversation, { sends: readDraft(conversation).sends.filter((send) => send.nonce !== nonce) });
  notify({ conversation, nonce });
}

/** Return the conversations that have unsent messages. */
export function unsentConversations() {
  try {
    return keys(ownPrefix).map((key) => key.slice(ownPrefix.length)).filter((each) => readDraft(each).sends.length);
  } catch {
    return [];
  }
}

/** Delete what other members stored in this tab. */
export function clearStore() {
  try {
    for (const key of keys(prefix)) if (!key.startsWith(ownPrefix)) sessionStorage.removeItem(key);
  } catch {
    // As above.
  }
}

const keys = (start) => Object.keys(sessionStorage).filter((key) => key.startsWith(start));

const notify = (detail) => outbox.dispatchEvent(new CustomEvent("change", { detail }));
