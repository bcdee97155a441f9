"""Addresses that people write become links, and no text is expensive to look through."""

import re
from collections.abc import Sequence
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmsg.web import links
from linkmsg.web.links import MAX_ADDRESS, MAX_LINKS, MAX_TESTED, find_links
from linkmsg.web.message_body import linkify

ORDINARY = [
    ("See https://example.com.", "https://example.com"),
    ("https://en.wikipedia.org/wiki/Bo_(name), please", "https://en.wikipedia.org/wiki/Bo_(name)"),
    ("(http://example.com/a?b=c&d=e#f)", "http://example.com/a?b=c&d=e#f"),
    ("HTTPS://EXAMPLE.COM/Path is loud", "HTTPS://EXAMPLE.COM/Path"),
    ("dev: http://localhost:8000/login", "http://localhost:8000/login"),
    ("Router http://192.168.1.1/", "http://192.168.1.1/"),
    ("www.example.co.uk/shop?", "https://www.example.co.uk/shop"),
    ("Go to www.example.org!", "https://www.example.org"),
    ("write to bo.lindqvist+news@example.com;", "mailto:bo.lindqvist+news@example.com"),
    ("Ana <ana@example.com>", "mailto:ana@example.com"),
    ("mailto:bo@example.com", "mailto:bo@example.com"),
    ("https://user:word@example.com/x", "https://user:word@example.com/x"),
    ("https://пример.рф/путь", "https://пример.рф/путь"),
    ("https://xn--e1afmkfd.xn--p1ai/", "https://xn--e1afmkfd.xn--p1ai/"),
    ('"https://example.com/%C3%A9?q=a,b;c" he said', "https://example.com/%C3%A9?q=a,b;c"),
    (
        "https://web.archive.org/web/2020/https://example.com/a",
        "https://web.archive.org/web/2020/https://example.com/a",
    ),
    (
        "https://k.example/app#/d?_g=(a:!t,b:c)&_a=1 here",
        "https://k.example/app#/d?_g=(a:!t,b:c)&_a=1",
    ),
]
# The fragments that were found to cost most, repeated; the first ones took up to 2.8 s.
EXPENSIVE = [
    "1.1|\u200b",
    "|\u200bwww.",
    "|é.comlocalhostab",
    "www.http://com/com",
    "http://a/'",
    "http://a.com/(",
    "|?https://",
    "|www.",
    '"a@',
    "a@a.a.",
    "mailto:",
    "\u3000mailto:a@" + "|" * 62,
    "//",
    "a.",
]
FRAGMENTS = [
    *("http://", "https:", "mailto:", "www.", "//", "@", "a@b", ".", ".com", "a" * 63, "xn--"),
    *("(", ")", "[", "{", "'", '"', "<", ">", "|", "$", "_", "-", "?", "#", ":", ",", " ", "\n"),
    *("é", "中", "рф", "💬", "\u200b", "\u00ad", "\u3000", "…", "`", "”", "（", "。", "’", "*"),
    *("\u200c", "\ufe0f", "❤", "—", "\u0301"),
]


@pytest.fixture
def tested(monkeypatch):
    """Return the lengths of the texts that are tested for an address."""
    lengths = []
    address_length = links._address_length

    def count_and_test(kind, beginning, text):
        lengths.append(len(text))
        return address_length(kind, beginning, text)

    monkeypatch.setattr(links, "_address_length", count_and_test)
    find_links.cache_clear()
    return lengths


def urls(text):
    """Return the URLs of the links in a text."""
    return [link.url for link in find_links(text)]


@pytest.mark.parametrize(("text", "url"), ORDINARY)
def test_ordinary_address_is_a_link(text, url):
    (address,) = re.findall('<a href="([^"]*)"', linkify(text))
    assert unescape(address) == url
    assert unescape(re.sub("<[^>]*>", "", linkify(text))) == text


@pytest.mark.parametrize(
    "text",
    [
        "readme.md",
        "a.b.c",
        "me@home",
        "@ana",
        "10:30",
        "ftp://example.com",
        "ahttp://x.com",
        "www.",
    ],
)
def test_other_text_is_no_link(text):
    assert urls(text) == []


@pytest.mark.parametrize("fragment", EXPENSIVE)
def test_expensive_text_is_tested_in_bounded_steps(tested, fragment):
    linkify((fragment * 8000)[:8000])
    assert sum(tested) <= MAX_TESTED
    assert max(tested, default=0) <= MAX_ADDRESS + 1


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=4), st.integers(0, 3))
def test_any_text_is_kept_and_its_links_are_in_order(fragments, tail):
    text = ("".join(fragments) * 200 + "(" * tail)[:8000]
    found = find_links(text)
    ends = [0, *(link.end for link in found)]
    assert all(end <= link.start < link.end for end, link in zip(ends, found, strict=False))
    assert unescape(re.sub("<[^>]*>", "", linkify(text))) == text


class CountedSpans(Sequence):
    """The span of each letter of a text; it counts how often one is looked at."""

    def __init__(self, length):
        self.length, self.looks = length, 0

    def __len__(self):
        return self.length

    def __getitem__(self, number):
        if number >= self.length:
            raise IndexError
        self.looks += 1
        return number, number + 1


def test_marks_are_not_all_looked_at_for_each_link():
    text = "www.a.de " * 400
    spans = CountedSpans(len(text))
    assert linkify(text, spans).count("<mark>") == len(text)
    assert spans.looks < 12 * len(text)


def test_hundreds_of_links_are_found():
    lines = [f"{number}. https://example.com/{number}\n" for number in range(250)]
    assert len(urls("".join(lines))) == 250
    assert len(urls("a@b.cc " * 1140)) == MAX_LINKS


def test_too_long_address_is_no_link():
    longest = "https://example.com/".ljust(MAX_ADDRESS, "x")
    assert urls(f"{longest} and www.example.com") == [longest, "https://www.example.com"]
    assert urls(f"{longest}x and www.example.com") == ["https://www.example.com"]


def test_text_that_is_shown_again_is_not_tested_again(tested):
    for _ in range(3):
        linkify("See https://example.com and www.example.org")
    assert len(tested) == 2
