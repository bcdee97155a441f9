"""Lists other spellings of a word typed in a search, by the habits of its language.

Only what is typed in a search gets other spellings; messages are indexed as they were written.
"""

import re
from collections.abc import Iterator

# What a browser puts before an address, and many people leave out.
SCHEME = re.compile(r"(?:https?://|mailto:)?(?:www\.(?=[^.]+\.))?(?=\w)", re.IGNORECASE)
# A short word elided before another: l'hôtel, dell'ufficio.
ELISION = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|un|all|dall|dell|nell|sull|coll|quell)['’](?=\w\w)",
    re.IGNORECASE,
)
# The possessive of a name that ends in s: James's.
POSSESSIVE = re.compile(r"(?<=s)['’]s$", re.IGNORECASE)
# How letters are written on keyboards that lack them: Mueller for Müller.
TRANSLITERATIONS = {
    "da": {"æ": "ae", "ø": "oe", "å": "aa"},
    "de": {"ä": "ae", "ö": "oe", "ü": "ue"},
    "fi": {"ä": "ae", "ö": "oe"},
    "no": {"æ": "ae", "ø": "oe", "å": "aa"},
    "sv": {"ä": "ae", "ö": "oe", "å": "aa"},
}
# The letter that often stands before a version: v2.10.3.
VERSION = re.compile(r"^v(?=\d+[._-]\d)", re.IGNORECASE)
DIGRAPH = re.compile(r"(?<![aeiouq])(?:ae|oe|ue|aa)(?![aeiou])", re.IGNORECASE)


def spelling_variants(text: str, language: str) -> Iterator[str]:
    """Yield a typed word, then its other spellings in a language: in German Müller, mueller.

    A leading `https://` or `www.`, a French or Italian article as in l'hôtel, and an English 's
    after an s (James's) are removed first. A version such as v2.10.3 is also given without v.
    """
    text = SCHEME.sub("", text, count=1)
    if language in {"fr", "it"}:
        text = ELISION.sub("", text, count=1)
    if language == "en":
        text = POSSESSIVE.sub("", text)
    yield text
    if VERSION.match(text):
        yield text[1:]
    digraphs = TRANSLITERATIONS.get(language, {})
    letters = {digraph: letter for letter, digraph in digraphs.items()}
    lower = text.lower()
    without_letters = "".join(digraphs.get(letter, letter) for letter in lower)
    with_letters = DIGRAPH.sub(lambda match: letters.get(match[0], match[0]), lower)
    yield from {without_letters, with_letters} - {lower}
