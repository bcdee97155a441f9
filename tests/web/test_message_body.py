"""The text of a message as HTML: escaped, with links, code, large emoji, and folded if long."""

import re
from html import unescape

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from linkmsg.web import template_filters
from linkmsg.web.message_body import MAX_LINES, is_few_emoji

OPENING = r'<a href="[^"<>]*" rel="noopener noreferrer nofollow" target="_blank">'
TAGS = re.compile(
    rf'{OPENING}|</?(?:a|mark|code|pre|p|details|summary|span)>|<details class="rest"(?: open)?>'
    r'|<p class="(?:text|text large|language)"(?: dir="auto")?>|<pre class="text" dir="auto">'
    r'|<span class="(?:more-lines|fewer-lines)">'
)
WORDS = [
    *(
        "`",
        "```",
        "```py\n",
        "\n```\n",
        "\n",
        "\n" * 22,
        " ",
        "<",
        ">",
        "&",
        '"',
        "'",
        "é",
        "👍",
        "\0",
    ),
    *("<script>", "</p>", "&lt;", "javascript:", "www.a.de", "https://a.de/'\"<b>", "a@b.cc", "x"),
]
P = '<p class="text" dir="auto">'
PRE = '<pre class="text" dir="auto"><code>'
APP = Flask("linkmsg")
template_filters.init_app(APP)
MACRO = APP.jinja_env.get_template("messages/_message_text.html").module.message_text
BUTTON = re.compile("\n?<summary>.*?</summary>")


def message_body(body, spans=(), *, is_open=False):
    """Return the text of a message as its template shows it."""
    return MACRO(body, spans, is_open)


def seen(html):
    """Return the text that people see in a message."""
    return unescape(TAGS.sub("", BUTTON.sub("", html)))


def squeezed(text):
    """Return a text without what marks code."""
    return re.sub(r"[`\s]", "", text)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join), st.booleans(), st.data())
def test_any_text_is_escaped_and_kept(body, is_open, data):
    ends = data.draw(st.lists(st.integers(0, len(body)), unique=True, max_size=8).map(sorted))
    spans = list(zip(ends[::2], ends[1::2], strict=False))
    html = str(message_body(body, spans, is_open=is_open))
    assert not re.search("[<>]", TAGS.sub("", html))
    assert not re.search("&(?!(?:amp|lt|gt|#34|#39);)", html)
    assert squeezed(seen(html)) == squeezed(body)
    for tag in ("a", "mark", "code", "pre", "p", "details"):
        assert len(re.findall(f"<{tag}[ >]", html)) == html.count(f"</{tag}>")


@given(st.text(st.characters(exclude_characters="`"), max_size=60))
def test_text_without_code_is_shown_as_it_is(body):
    assert seen(message_body(body)) == body


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("a <b>\n  c", f"{P}a &lt;b&gt;\n  c</p>"),
        ("a `<b>  c`", f"{P}a <code>&lt;b&gt;  c</code></p>"),
        (
            "So:\n```py\nif a:\n\tb\n```\nok",
            f'{P}So:</p><p class="language">py</p>{PRE}if a:\n\tb</code></pre>{P}ok</p>',
        ),
        ("👍", '<p class="text large" dir="auto">👍</p>'),
    ],
)
def test_body_as_html(body, html):
    assert message_body(body) == html


def test_no_links_in_code():
    body = "www.a.de `www.b.de` c@d.de\n```\nhttps://e.de\n```\nhttps://f.de/`x`"
    linked = re.findall('href="([^"]*)"', message_body(body))
    assert linked == ["https://www.a.de", "mailto:c@d.de", "https://f.de/"]


def test_highlights_are_in_text_and_code():
    body = "one `two three` https://four.de\n```\nfive six\n```"
    words = ["one", "three", "four", "six"]
    spans = [(body.index(word), body.index(word) + len(word)) for word in words]
    assert re.findall("<mark>(.*?)</mark>", message_body(body, spans)) == words
    assert "one</mark> <code>two <mark>three" in message_body(body, spans)


def lines(number):
    return "\n".join(f"Line {each}" for each in range(1, number + 1))


@pytest.mark.parametrize("body", [lines(MAX_LINES), f"```\n{lines(18)}\n```", "a\n" * 19 + "b"])
def test_message_of_20_lines_is_not_folded(body):
    assert "<details" not in message_body(body)


LONG = [lines(21), f"```\n{lines(40)}\n```", f"{lines(9)}\n```\n{lines(15)}\n```"]


@pytest.mark.parametrize("body", LONG)
def test_longer_message_is_folded(body):
    shown, _, rest = str(message_body(body)).replace("</p>", "\n</p>").partition("<details")
    assert rest.startswith(' class="rest">\n<summary>')
    assert "Line 1\n" in shown
    assert len(seen(shown).splitlines()) <= 15
    assert '<details class="rest" open>' in message_body(body, is_open=True)
    joined = seen(f"{shown}\n<details{rest}").split("\n")
    expected = [each for each in body.split("\n") if "`" not in each]
    assert [each for each in joined if each] == expected


# Flags, families, skin tones, keycaps, tags.
FEW = "👍 👍👍👍 ❤️ 🇵🇹 🇵🇹🇸🇪🇯🇵 👩‍💻 👨‍👩‍👧‍👦 👩🏽‍❤️‍💋‍👨🏻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏴‍☠️ 1️⃣ #️⃣*⃣ ☺️ 👍🏿✌🏽 🫱🏻‍🫲🏿 ©️ 🧑‍🧑‍🧒"


@pytest.mark.parametrize("body", [*FEW.split(" "), "👍 🎉\n❤️"])
def test_few_emoji_are_large(body):
    assert is_few_emoji(body)
    assert message_body(body) == f'<p class="text large" dir="auto">{body}</p>'


OTHER = "1 12 # © ™ ☺ a👍 👍! 👍👍👍👍 🇵 🇵🇹🇵 👍\u200d :) ☺\ufe0e ⌚\ufe0e \ufe0f \u200d 👍` 1\ufe0f"


@pytest.mark.parametrize("body", [*OTHER.split(" "), "", " ", "👍" * 4000])
def test_other_text_is_not_large(body):
    assert not is_few_emoji(body)
