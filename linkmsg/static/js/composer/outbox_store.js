// Drafts and unsent messages. The browser keeps them for the member; each entry has a key of its own, so that tabs don't overwrite each other's.
const prefix = "linkmsg:";
const ownPrefix = `${prefix}${document.body.dataset.member}:`;
// Where one is full or forbidden, the next keeps the entry: for the tab, and at last for the page.
const places = ["localStorage", "sessionStorage"].flatMap((name) => {
  try {
    return window[name] ?? [];
  } catch {
    return [];
  }
}).concat({});

/** Dispatches `change` when an unsent message changed, and with `isRemote` when another tab changed any entry. */
export const outbox = new EventTarget();

window.addEventListener("storage", ({ key, oldValue, newValue }) => {
  if (key?.startsWith(ownPrefix)) notify(key, parse(newValue), parse(oldValue), true);
});

/** Return `{ draft, files, sent, sends: [{ nonce, body, files, why, waits, action, to, at }] }`; `why` is null while a send is under way. */
export function readDraft(conversation) {
  const key = keyOf(conversation, "");
  const sends = keys(key).filter((each) => !/:(draft|files|sent)$/.test(each)).map(read);
  return { draft: read(`${key}draft`) ?? "", files: read(`${key}files`) ?? [], sent: read(`${key}sent`), sends: sends.filter(Boolean).sort((one, other) => one.at - other.at) };
}

/** Return the text that a field begins with: a refused one that the server sent back, or the draft and what was typed before this ran. */
export function firstText({ value, defaultValue }, { draft }) {
  // Reload and Back put in what stood in the field, which may be older than the draft.
  const isTyped = performance.getEntriesByType("navigation")[0]?.type === "navigate" && value !== defaultValue;
  if (isTyped) return defaultValue ? value : [draft, value].filter(Boolean).join("\n");
  return defaultValue || draft || value;
}

/** Store changed parts of a draft: its text `draft`, its `files`, and `sent`, the page that a form was sent from. */
export function saveDraft(conversation, changes) {
  for (const [name, value] of Object.entries(changes)) write(keyOf(conversation, name), value?.length ? value : null);
}

/** Return the unsent message with a nonce. */
export const findSend = (conversation, nonce) => read(keyOf(conversation, nonce));

/** Store a message as the last of its conversation. */
export function addSend(conversation, send) {
  const { at = 0 } = readDraft(conversation).sends.at(-1) ?? {};
  saveSend(conversation, { ...send, at: Math.max(at + 1, Date.now()) });
}

/** Store an unsent message in place of the one with `nonce`. */
export function saveSend(conversation, send, nonce = send.nonce) {
  const previous = findSend(conversation, nonce);
  if (nonce !== send.nonce) write(keyOf(conversation, nonce), null);
  write(keyOf(conversation, send.nonce), send);
  notify(keyOf(conversation, send.nonce), send, previous);
}

/** Remove a message that arrived or was discarded. */
export function removeSend(conversation, nonce) {
  write(keyOf(conversation, nonce), null);
  notify(keyOf(conversation, nonce), null);
}

/** Return the conversations that have a draft or an unsent message. */
export const storedConversations = () => [...new Set(keys(ownPrefix).map((key) => partsOf(key)[0]))];

/** Return the conversations that have unsent messages. */
export const unsentConversations = () => storedConversations().filter((each) => readDraft(each).sends.length);

/** Delete what other members stored in this browser. */
export function clearStore() {
  for (const key of keys(prefix)) if (!key.startsWith(ownPrefix)) write(key, null);
}

/** 128 bits as URL-safe base64: `crypto.randomUUID` is missing on plain http. */
export function createNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const keyOf = (conversation, name) => `${ownPrefix}${conversation}:${name}`;
const partsOf = (key) => key.slice(ownPrefix.length).split(":");
const keys = (start) => [...new Set(places.flatMap((place) => Object.keys(place)))].filter((key) => key.startsWith(start));
const read = (key) => parse(places.find((place) => key in place)?.[key]);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function write(key, value) {
  let isKept = value === null;
  for (const place of places) {
    try {
      if (!isKept) place[key] = JSON.stringify(value);
      else delete place[key];
      isKept = true;
    } catch {
      // Full: an older version must not come back.
      delete place[key];
    }
  }
}

function notify(key, value, previous = null, isRemote = false) {
  const [conversation, name] = partsOf(key);
  outbox.dispatchEvent(new CustomEvent("change", { detail: { conversation, name, value, previous, isRemote } }));
}
