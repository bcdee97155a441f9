"""Other ways to write what was typed, by the habits of its language; for what is asked alone."""

import re
from collections.abc import Iterator

# What a browser puts before an address, and many leave out.
SCHEME = re.compile(r"(?:https?://|mailto:)?(?:www\.(?=[^.]+\.))?(?=\w)", re.IGNORECASE)
# An article that belongs to the word behind it: l'hôtel, dell'ufficio.
ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|un|all|dall|dell|nell|sull|coll|quell)['’](?=\w\w)",
    re.IGNORECASE,
)
# A name that ends as a possessive does: James's.
POSSESSIVE = re.compile(r"(?<=s)['’]s$", re.IGNORECASE)
# Letters that are written out where a keyboard has none: Mueller is Müller.
OUT = {
    "da": {"æ": "ae", "ø": "oe", "å": "aa"},
    "de": {"ä": "ae", "ö": "oe", "ü": "ue"},
    "fi": {"ä": "ae", "ö": "oe"},
    "no": {"æ": "ae", "ø": "oe", "å": "aa"},
    "sv": {"ä": "ae", "ö": "oe", "å": "aa"},
}
DIGRAPH = re.compile(r"(?<![aeiouq])(?:ae|oe|ue|aa)(?![aeiou])", re.IGNORECASE)


def spellings(text: str, language: str) -> Iterator[str]:
    """A word as it was typed, without what its language puts around it; then as it may be too."""
    text = SCHEME.sub("", text, count=1)
    if language in {"fr", "it"}:
        text = ELIDED.sub("", text, count=1)
    if language == "en":
        text = POSSESSIVE.sub("", text)
    yield text
    letters = {out: letter for letter, out in OUT.get(language, {}).items()}
    lower = text.lower()
    out = "".join(OUT.get(language, {}).get(letter, letter) for letter in lower)
    back = DIGRAPH.sub(lambda found: letters.get(found[0], found[0]), lower)
    yield from {out, back} - {lower}
