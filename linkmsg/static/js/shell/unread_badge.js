let latest;

/** Draw the unread count on the tab's icon; "0" removes it. */
export async function drawBadge(count) {
  latest = count;
  const link = document.querySelector("link[rel=icon]");
  link.dataset.plain ??= link.href;
  const plain = await fetch(link.dataset.plain).then((answer) => answer.text(), () => "");
  if (count !== latest || !plain) return;
  const text = count.length > 1 ? "9+" : count;
  const dot = `<circle cx="17" cy="7" r="7" fill="#f4b940"/><text x="17" y="10" font-family="sans-serif" font-size="${text.length > 1 ? 8 : 10}" font-weight="700" text-anchor="middle" fill="#2a1c00">${text}</text></svg>`;
  // The browser may still be loading the old icon.
  if (link.href.startsWith("blob:")) setTimeout(URL.revokeObjectURL, 10000, link.href);
  link.href = count === "0" ? link.dataset.plain : URL.createObjectURL(new Blob([plain.replace("</svg>", dot)], { type: "image/svg+xml" }));
}
