"""Finds the web and mail addresses in a text, at a cost that grows only with its length.

linkify-it knows what an address looks like. But it tests every place where one may begin against
all the text that follows, which takes seconds for some texts of 8,000 characters. So the places
are found here, and linkify-it gets only the characters at each that may belong to an address.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from linkify_it import LinkifyIt

# A longer address is not a link, and of more links only the first ones are.
MAX_ADDRESS, MAX_LINKS = 2048, 250
# The most characters of one text that linkify-it tests, for all addresses together; in a longer
# text twice its length.
MAX_TESTED = 16_000
# The most characters of a mail address before the @ (RFC 5321) and in all.
MAX_NAME, MAX_MAIL = 64, 320

_linkify = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True})
_WEB = re.compile(_linkify.re["link_no_ip_fuzzy"], re.IGNORECASE)
_MAIL = re.compile(_linkify.re["email_fuzzy"], re.IGNORECASE)
_START = re.compile(r"(?P<scheme>https?:|mailto:)|(?P<www>www\.)|@", re.IGNORECASE | re.ASCII)
# What may stand before an address, besides the beginning of the text.
_SIGNS = r"[><\uff5c]"
_BEFORE = {
    "scheme": re.compile(f"(?!_)(?:{_linkify.re['src_ZPCc']}|{_SIGNS})"),
    "www": re.compile(rf"(?![.:/\-_@])(?:{_linkify.re['src_ZPCc']}|[$+=^`|]|{_SIGNS})"),
    None: re.compile(f'{_linkify.re["src_ZCc"]}|["(]|{_SIGNS}'),
}
_SPACE = re.compile(r"\s")
_NAME_CHARACTERS = '-;:&=+$,".0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'


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
        if start < end or (start and not _BEFORE[kind].match(text, start - 1)):
            continue
        tested = _testable(text, start, MAX_ADDRESS if kind else MAX_MAIL)
        remaining -= len(tested)
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
    return at - len(name.lstrip('"'))


def _testable(text: str, start: int, length: int) -> str:
    """Return the text from `start` to the next space, and at most one character over `length`."""
    tested = text[start : start + length + 1]
    space = _SPACE.search(tested)
    return tested[: space.start()] if space else tested


def _address_length(kind: str | None, beginning: str, tested: str) -> int:
    """Return the number of characters of the address that a text begins with; 0 if none."""
    if kind == "scheme":
        length = _linkify.test_schema_at(tested, beginning, len(beginning))
        return length + len(beginning) if length else 0
    mail = _MAIL.match(tested)
    match = (None if mail else _WEB.match(tested)) if kind == "www" else mail
    return match.end() if match else 0


def _url(kind: str | None, address: str) -> str:
    return {"scheme": "", "www": "https://", None: "mailto:"}[kind] + address
