"""Finds the web and mail addresses in a text, at a cost that grows only with its length.

linkify-it knows what an address looks like. But it tests every place where one may begin against
all the text that follows, which takes seconds for some texts of 8,000 characters. So the places
are found here, and linkify-it gets only the characters at each that may belong to an address.
It also knows only the quotes and brackets of ASCII, so addresses end here before those of all
scripts, by the properties that Unicode gives them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import regex
from linkify_it import LinkifyIt

# A longer address is not a link, and of more links only the first ones are.
MAX_ADDRESS, MAX_LINKS = 2048, 250
# The most characters of one text that linkify-it tests, for all addresses together; in a longer
# text twice its length.
MAX_TESTED = 16_000
# What each test costs besides, as a number of characters.
TEST_COST = 30
# The most characters of a mail address before the @ (RFC 5321) and in all.
MAX_NAME, MAX_MAIL = 64, 320

_linkify = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True})
_WEB = re.compile(_linkify.re["link_no_ip_fuzzy"], re.IGNORECASE)
_MAIL = re.compile(_linkify.re["email_fuzzy"], re.IGNORECASE)
_START = re.compile(
    r"(?P<scheme>https?:|mailto:)|(?P<www>www\.)|(?<=[\w&=+$\".-])@", re.IGNORECASE | re.ASCII
)
# The last character of another word. Letters without case (Chinese, Thai, Arabic) may stand right
# before an address, since many scripts have no spaces.
_WORD = r"\p{Lu}\p{Ll}\p{Lt}\p{Nd}_"
# What may not stand before an address.
_BEFORE = {
    "scheme": regex.compile(rf"[{_WORD}]"),
    "www": regex.compile(rf"[{_WORD}./\-@]"),
    None: regex.compile(rf"[{_WORD}]|(?![\"'(\[{{<>*~|.,:;])[!-~]"),
}
# A joiner between letters of scripts that need it (RFC 5892, appendix A), or within an emoji.
_JOINED = (
    r"(?<=\p{Extended_Pictographic})\ufe0f"
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})"
    r"|(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{Arabic}\p{Syriac}\p{Devanagari}\p{Bengali}\p{Gujarati}"
    r"\p{Gurmukhi}\p{Kannada}\p{Malayalam}\p{Oriya}\p{Sinhala}\p{Tamil}\p{Telugu}])"
)
# Where an address ends: a space, an invisible character (it could show another address than the
# link opens), quotes, brackets and stops outside ASCII, and an apostrophe that ends a word.
_STOP = regex.compile(
    r"[\s\p{Z}\p{Cc}\u2800]"
    rf"|(?!{_JOINED})[\p{{Cf}}\p{{Default_Ignorable_Code_Point}}]"
    r"|[[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Quotation_Mark}\p{Terminal_Punctuation}]"
    r"--[\x00-\x7f\u2018\u2019]]"
    r"|[\u275b-\u2760\uff1c\uff1e]|[\u2018\u2019](?!\p{L})|\u2019(?=s(?!\p{L}))",
    regex.VERSION1,
)
# The same for ASCII, ten times as fast.
_ASCII_STOP = re.compile(r"[\x00-\x20\x7f]")
# The host of an address with a letter of a script without case right behind: "example.comを".
_GLUED_HOST = regex.compile(
    r"(?:https?://|mailto:)?(?:[^\s/?#@]{1,64}@)?(?:[a-z0-9-]+\.)+[a-z]{2,63}"
    r"(?=\p{Lo}[^./?#]*(?:$|[/?#]))",
    regex.IGNORECASE,
)
# What ends a sentence or a list item rather than an address.
_TAIL = regex.compile(r"(?:[:\u2026\u2025]|\p{Pd}(?<!-))*$")
# Marks that may be part of an address, but end it if it stands between two: **bold**, |a cell|.
_CLOSING = {mark: mark for mark in "'\"*~|"} | dict.fromkeys("\u2018\u201a\u201b", "\u2018\u2019")
_NAME_CHARACTERS = '-&=+$".0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'


class TextLink(NamedTuple):
    """An address in a text, from character `start` up to but excluding `end`, and its URL."""

    start: int
    end: int
    url: str


@lru_cache(maxsize=128)
def find_links(text: str) -> tuple[TextLink, ...]:
    """Return the http, https, www and mail addresses in a text, in order.

    If very many places look like the beginning of an address, only the first are looked at.
    """
    return tuple(islice(_links(text), MAX_LINKS))


def _links(text: str) -> Iterator[TextLink]:
    end, remaining = 0, max(MAX_TESTED, 2 * len(text))
    for found in _START.finditer(text):
        kind = found.lastgroup
        start = found.start() if kind else _mail_start(text, found.start())
        if start < end or (start and _BEFORE[kind].match(text, start - 1)):
            continue
        tested = _testable(text, start, MAX_ADDRESS if kind else MAX_MAIL)
        remaining -= len(tested) + TEST_COST
        if remaining < 0:
            return
        length = _address_length(kind, found[0], tested)
        if 0 < length <= (MAX_ADDRESS if kind else MAX_MAIL):
            end = start + length
            yield TextLink(start, end, _url(kind, tested[:length]))


def _mail_start(text: str, at: int) -> int:
    """Return where the mail address begins that has an @ at character `at`."""
    before = text[max(0, at - MAX_NAME - 1) : at]
    name = before[len(before.rstrip(_NAME_CHARACTERS)) :]
    return at - len(name.lstrip('".'))


def _testable(text: str, start: int, length: int) -> str:
    """Return the text from `start` to its first stop, at most one character over `length`."""
    tested = text[start : start + length + 1]
    # Before the slower search for a stop, or that would look at the same characters many times.
    for closing in _CLOSING.get(text[start - 1], "") if start else "":
        tested = tested.partition(closing)[0]
    stop = (_ASCII_STOP if tested.isascii() else _STOP).search(tested)
    tested = tested[: stop.start()] if stop else tested
    glued = None if tested.isascii() else _GLUED_HOST.match(tested)
    return tested[: glued.end()] if glued else tested


def _address_length(kind: str | None, beginning: str, tested: str) -> int:
    """Return the number of characters of the address that a text begins with; 0 if none."""
    length: int
    if kind == "scheme":
        length = _linkify.test_schema_at(tested, beginning, len(beginning))
        length += len(beginning) if length else 0
    else:
        mail = _MAIL.match(tested)
        match = (None if mail else _WEB.match(tested)) if kind == "www" else mail
        length = match.end() if match else 0
    return length - len(_TAIL.search(tested, endpos=length)[0])


def _url(kind: str | None, address: str) -> str:
    return {"scheme": "", "www": "https://", None: "mailto:"}[kind] + address
