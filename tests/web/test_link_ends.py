"""Where an address begins and ends among the quotes, stops and letters of all scripts."""

import pytest

from linkmsg.web.links import find_links

ADDRESSES = ["https://example.com/a", "http://例え.テスト/路", "www.example.com", "bo@example.com"]
# Quotes, brackets and marks around an address: the opening and the closing one.
PAIRS = (
    "“” ‘’ „“ ‚‘ «» »« ‹› 『』 「」 【】 〈〉 《》 〔〕 〝〞 〝〟 "
    "（） ［］ ｛｝ ＜＞ ＂＂ ＇＇ ｢｣ ⟨⟩ ❨❩ ❝❞ () [] {} <> \"\" '' ** ~~ ||"
)
# Stops of all scripts, and other marks that end no address.
AFTER = (
    ". , ; : ! ? ... … :) — 。 、 ， ； ： ！ ？ ． ｡ ؟ ، ؛ ۔ । ॥ ։ ၊ "
    "”. ）。 ’s 」、 “but” \u00a0– \u3000,"
)
# What may stand right before an address: words of scripts without spaces, emoji, signs.
BEFORE = (
    "日本語 見て: データー 中文 한국어 ภาษาไทย ที่ ລາວ ខ្មែរ عربي עברית हिन्दी "
    "👉 👩‍💻 → … ( — · № 。 \u200b \u2060 .\u202f"
)
# Characters that are not seen.
UNSEEN = (
    "\u202e\u202d\u2066\u2069\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\u061c\u034f\u115f\u180b\u180e"
    "\u206a\u2800\u3164\ufe0f\ufeff\uffa0\ufff9\U000e0041\U000e0100\U0001d173\u0085\u2028"
)


def linked(text):
    """Return the parts of a text that are links."""
    return [text[link.start : link.end] for link in find_links(text)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("pair", PAIRS.split(" "))
def test_quotes_and_brackets_are_not_in_the_address(pair, address):
    assert linked(f"{pair[0]}{address}{pair[1]}") == [address]
    assert linked(f"See {pair[0]}{address}{pair[1]}.") == [address]
    assert linked(f"文{pair[0]}{address}{pair[1]}文") == [address]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("after", AFTER.split(" "))
def test_sentence_goes_on_behind_the_address(after, address):
    assert linked(f"{address}{after}") == [address]
    assert linked(f"{address}{after} It works") == [address]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("before", BEFORE.split(" "))
def test_address_begins_right_behind_another_script(before, address):
    assert linked(f"{before}{address}") == [address]


@pytest.mark.parametrize("text", ["xhttps://a.de", "éhttps://a.de", "яhttps://a.de", "٣www.a.de"])
def test_address_does_not_begin_within_a_word(text):
    assert linked(text) == []


@pytest.mark.parametrize("mark", UNSEEN)
def test_address_ends_before_an_unseen_character(mark):
    assert linked(f"https://example.com/a{mark}b") == ["https://example.com/a"]
    assert linked(f"https://example.com{mark}.example.net/") == ["https://example.com"]
    assert linked(f"bo@example.com{mark}") == ["bo@example.com"]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.comを見て", "https://example.com"),
        ("https://example.com中文/a", "https://example.com"),
        ("连接www.example.com。然后", "www.example.com"),
        ("ana@example.comに送る", "ana@example.com"),
        ("E-mail:ana@example.com", "ana@example.com"),
        ("url=https://example.com/a&b", "https://example.com/a&b"),
        ("https://www.jr東日本.jp/a", "https://www.jr東日本.jp/a"),
        ("https://ja.wikipedia.org/wiki/日本語", "https://ja.wikipedia.org/wiki/日本語"),
        ("https://fr.example/l’été ou l’hiver", "https://fr.example/l’été"),
        ("https://ca.example/Col·legi", "https://ca.example/Col·legi"),
        ("https://e.example/Michelson–Morley", "https://e.example/Michelson–Morley"),
        ("https://fa.example/می\u200cخواهم", "https://fa.example/می\u200cخواهم"),
        ("https://example.com/👩🏽‍💻/❤️!", "https://example.com/👩🏽‍💻/❤️"),
        ("https://example.com:8080/a:b:", "https://example.com:8080/a:b"),
    ],
)
def test_letters_of_other_scripts_in_and_behind_addresses(text, address):
    assert linked(text) == [address]
