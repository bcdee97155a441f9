// The sign-in page after a member has left: their pages that Back shows find this mark, and what they wrote goes if they signed out.
try {
  localStorage.left = Date.now();
  sessionStorage.removeItem("search-left");
  if ("signedOut" in document.querySelector("[data-left]").dataset) [localStorage, sessionStorage].forEach(clear);
} catch {
  // Without storage there is nothing to clear.
}

function clear(place) {
  for (const key of Object.keys(place)) if (key.startsWith("linkmsg:")) place.removeItem(key);
}
