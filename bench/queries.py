"""What members look for: words of their own messages, of each kind many different ones."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import pairwise
from random import Random

from sqlalchemy import Connection as Database
from sqlalchemy import text

from bench.corpus import BEGAN, DAYS, HEAVY, Corpus

WORD = re.compile(r"(?<![\w'@/.-])[a-z]{3,}(?![\w'@/:-]|\.\w)")
TYPICAL = 40  # members who write neither little nor much
LOOKED_AT = 300  # messages of each
HERS = text(
    "SELECT m.body, a.handle FROM messages m"
    " JOIN participations p ON p.conversation_id = m.conversation_id AND p.member_id = :member"
    " JOIN members a ON a.id = m.author_id WHERE m.body <> '' ORDER BY m.id"
)


@dataclass(frozen=True)
class Query:
    """One search: in our language, and in pieces for a database."""

    member_id: int
    text: str
    match: str = ""  # in FTS5's language
    handle: str = ""  # only messages of this member
    after: str = ""  # only messages with files, from this day on


@dataclass(frozen=True)
class BenchQuery:
    """A message in which something is looked for."""

    handle: str
    words: list[str]
    couples: list[tuple[str, str]]  # words that stand side by side


class Searches:
    """Chooses what is looked for, by the seed."""

    def __init__(self, corpus: Corpus, database: Database) -> None:
        self.database, self.chance = database, Random(11)
        self.ranks = {word: rank for rank, word in enumerate(corpus.prose.ranked)}
        self.sizes = corpus.sizes()
        order = sorted(self.sizes, key=lambda id: (self.sizes[id], id))
        first = (len(order) - TYPICAL) // 2
        self.members = {
            "typical": order[first : first + TYPICAL],
            "heavy": list(range(1, HEAVY + 1)),
        }
        self.said = cache(self._said)

    def of(self, weight: str, kind: str, number: int) -> list[Query]:
        """So many searches of one kind, by members of this weight in turn."""
        members = self.members[weight]
        chosen = (members[turn % len(members)] for turn in range(number))
        return [KINDS[kind](self, member_id) for member_id in chosen]

    def some(self, number: int, without: str = "") -> Iterator[Query]:
        """So many searches of each kind but one, by each sort of members."""
        for kind in KINDS:
            for weight in self.members if kind != without else ():
                yield from self.of(weight, kind, number)

    def common(self, member_id: int) -> Query:
        return plain(member_id, self._word(member_id, 40, 400)[1])

    def rare(self, member_id: int) -> Query:
        return plain(member_id, self._word(member_id, 20_000, 10**6)[1])

    def two(self, member_id: int) -> Query:
        """Two words of one message, of those that are said often: they meet in others too."""
        some = [each for each in self.said(member_id) if len(set(each.words)) > 1]
        chosen = sorted(set(self.chance.choice(some).words), key=lambda word: self._far(word, 40))
        return plain(member_id, *chosen[:2])

    def phrase(self, member_id: int) -> Query:
        some = [each for each in self.said(member_id) if each.couples]
        couple = " ".join(self.chance.choice(self.chance.choice(some).couples))
        return Query(member_id, f'"{couple}"', f'"{couple}"')

    def prefix(self, member_id: int) -> Query:
        word = self._word(member_id, 100, 20_000)[1][: self.chance.randint(3, 4)]
        return Query(member_id, word, f'"{word}"*')

    def from_(self, member_id: int) -> Query:
        said, word = self._word(member_id, 40, 5_000)
        return Query(member_id, f"from:{said.handle} {word}", f'"{word}"', handle=said.handle)

    def has(self, member_id: int) -> Query:
        day = BEGAN + timedelta(days=self.chance.randrange(DAYS))
        following = f"{day + timedelta(days=1):%Y-%m-%d}"
        return Query(member_id, f"has:file after:{day:%Y-%m-%d}", after=following)

    def _word(self, member_id: int, low: int, high: int) -> tuple[BenchQuery, str]:
        """A word of hers that is about so frequent, and the message in which it stands."""
        said = self.said(member_id)
        near = [
            (each, word)
            for each in said
            for word in each.words
            if low <= self.ranks.get(word, -1) < high
        ]
        middle = (low * min(high, 300_000)) ** 0.5
        every = ((each, word) for each in said for word in each.words)
        return self.chance.choice(near or [min(every, key=lambda it: self._far(it[1], middle))])

    def _far(self, word: str, rank: float) -> float:
        return abs(self.ranks.get(word, 0) - rank)

    def _said(self, member_id: int) -> list[BenchQuery]:
        rows = self.database.execute(HERS, {"member": member_id}).all()
        some = self.chance.sample(rows, min(LOOKED_AT, len(rows)))
        found = [BenchQuery(handle, words(body), couples(body)) for body, handle in some]
        return [each for each in found if each.words]


# A member's last word is a prefix to us: it costs us more than it costs FTS5.
KINDS: dict[str, Callable[[Searches, int], Query]] = {
    "common word": Searches.common,
    "rare word": Searches.rare,
    "two words": Searches.two,
    "phrase": Searches.phrase,
    "prefix": Searches.prefix,
    "from: + word": Searches.from_,
    "has: + date": Searches.has,
}


def plain(member_id: int, *words: str) -> Query:
    return Query(member_id, " ".join(words), " ".join(f'"{word}"' for word in words))


def words(body: str) -> list[str]:
    """The words of letters alone that one might look for."""
    return [word for word in WORD.findall(body.lower()) if len(word) > 3]


def couples(body: str) -> list[tuple[str, str]]:
    """Words that stand side by side in a sentence, one of them longer than three letters."""
    found = [(each.span(), each[0]) for each in WORD.finditer(body.lower())]
    return [
        (one, other)
        for ((_, end), one), ((start, _), other) in pairwise(found)
        if start == end + 1 and body[end] == " " and max(len(one), len(other)) > 3
    ]
