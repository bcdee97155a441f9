// The sign-in page after a member has left: their pages that Back shows find this mark, and their drafts go.
try {
  localStorage.left = Date.now();
  sessionStorage.removeItem("search-left");
  const drafts = Object.keys(sessionStorage).filter((key) => key.startsWith("linkmsg:"));
  if ("signedOut" in document.querySelector("[data-left]").dataset) drafts.forEach((key) => sessionStorage.removeItem(key));
} catch {
  // Without storage there is nothing to clear.
}
