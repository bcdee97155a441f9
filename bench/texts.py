"""Look for the messages that cost most to link, tokenize and highlight, by a random search.

A text is a fragment, repeated to the length of the longest message. The search changes the
fragments of the most expensive texts found so far.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from linkmsg.models.code_parts import parts_of, without_ticks
from linkmsg.models.folding import fold
from linkmsg.models.text import body_error, is_empty
from linkmsg.search.analysis.tokenizer import tokenizer_for
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.snippet import snippet
from linkmsg.search.query_parser import parse
from linkmsg.web.links import find_links
from linkmsg.web.message_body import text_content

LENGTH, AIM = 8_000, 20
KEPT, ROUNDS = 8, 16
PIECES = [
    *("http://", "https:", "HTTP://", "www.", "mailto:", "//", "@", "a@b", ".com", "localhost"),
    *("a", "b", "ing", "x" * 63, "a-b-", "C++", "1", "200", "1.1", "\u00bd", "xn--"),
    *("```\n", "```py\n", "\n```\n", "`a`", "``"),
    *" \n.,:;-_'\"()[]{}<>|$+=^&?#!/*`~\u00b7\u2019\u2026",
    *("\u00e9", "e\u0301", "\u0130", "\u00df", "\u0440\u0444", "\u4e2d", "\u0e01", "\u30d1"),
    *("\ufdfa", "\u0629", "\u0640", "\U0001f44b\U0001f3fd", "\u200b", "\u200d", "\u00ad"),
    *("\u0301", "\u3000", "\u00a0"),
]
QUERIES = {
    "a phrase": '"a b c"',
    "60 phrases": " ".join(f'"{one} {other}"' for one in "abcdef" for other in "abcdefghij"),
}

Fragment = list[str]


def figures() -> Iterator[str]:
    for name, work in functions().items():
        cost, fragment = most_expensive(work)
        shown = ascii("".join(fragment))[:40]
        yield f"{name:<28} at most {cost:5.1f} ms (aim: {AIM}), for {shown} repeated"


def functions() -> dict[str, Callable[[str], object]]:
    """Return what is done with the text of a message, by name."""
    tokenizer = tokenizer_for("en")
    queries = {name: parse(text, today=date(2026, 11, 30)) for name, text in QUERIES.items()}
    searches = {
        f"{verb} {name}": partial(search, find, query)
        for name, query in queries.items()
        for verb, find in (("highlight", Matcher.spans), ("snippet of", as_snippet))
    }
    return {
        "show": show,
        "check": lambda text: (is_empty(text), body_error(text)),
        "fold": lambda text: fold(text[:400]),
        "tokenize": lambda text: (tokenizer.normalize.cache_clear(), [*tokenizer.tokenize(text)]),
        **searches,
    }


def show(text: str) -> None:
    find_links.cache_clear()
    parts_of.cache_clear()
    text_content(text)
    without_ticks(text)


def search(find: Callable[..., object], query: object, text: str) -> None:
    tokenizer = tokenizer_for("en")
    tokenizer.normalize.cache_clear()
    find(Matcher.for_query(query, tokenizer), text, tokenizer)


def as_snippet(matcher: Matcher, text: str, tokenizer: object) -> object:
    return snippet(text, matcher, tokenizer)


def most_expensive(work: Callable[[str], object]) -> tuple[float, Fragment]:
    """Return the highest processor time that was found, in milliseconds, and its fragment."""
    chance = random.Random(1)
    found = [(cost(work, each), each) for each in ([piece] for piece in PIECES)]
    for _ in range(ROUNDS):
        found = sorted(found, reverse=True)[:KEPT]
        changed = [change(chance, chance.choice(found)[1]) for _ in range(KEPT)]
        found += [(cost(work, each), each) for each in changed]
    return max(found)


def cost(work: Callable[[str], object], fragment: Fragment) -> float:
    """Return the milliseconds of processor time that `work` takes, the smaller of two."""
    whole = "".join(fragment)
    text = (whole * (LENGTH // len(whole) + 1))[:LENGTH]
    gc.collect(0)
    gc.disable()
    times = []
    for _ in range(2):
        began = time.process_time()
        work(text)
        times.append((time.process_time() - began) * 1000)
    gc.enable()
    return min(times)


def change(chance: random.Random, fragment: Fragment) -> Fragment:
    """Return a copy of a fragment with one piece added, replaced, repeated or removed."""
    place, piece = chance.randrange(len(fragment)), chance.choice(PIECES)
    changes = ([piece, fragment[place]], [piece], [fragment[place]] * chance.choice((2, 10)), [])
    return [*fragment[:place], *chance.choice(changes), *fragment[place + 1 :]] or [piece]
