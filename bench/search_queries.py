"""Generate random search queries of several kinds, with words from the member's messages."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import pairwise
from random import Random

from sqlalchemy import Connection as Database
from sqlalchemy import text

from bench.search_corpus import BEGAN, DAYS, HEAVY, Corpus

WORD = re.compile(r"(?<![\w'@/.-])[a-z]{3,}(?![\w'@/:-]|\.\w)")
TYPICAL_MEMBERS = 40  # members with a median number of messages
SAMPLE_SIZE = 300  # messages sampled per member
MEMBER_MESSAGES = text(
    "SELECT m.body, a.handle FROM messages m"
    " JOIN participations p ON p.conversation_id = m.conversation_id AND p.member_id = :member"
    " JOIN members a ON a.id = m.author_id WHERE m.body <> '' ORDER BY m.id"
)


@dataclass(frozen=True)
class SearchQuery:
    """One search of a member: `text` for linkmsg, and `match` and so on for SQLite's FTS5."""

    member_id: int
    text: str
    match: str = ""  # in FTS5's query language
    handle: str = ""  # only messages of this author
    after: str = ""  # only messages with attachments, from this day on


@dataclass(frozen=True)
class SampledMessage:
    """The author's handle and the words of a message, of which queries are made."""

    handle: str
    words: list[str]
    word_pairs: list[tuple[str, str]]  # adjacent words


class QueryGenerator:
    """Generates random search queries, the same ones in every run."""

    def __init__(self, corpus: Corpus, database: Database) -> None:
        self.database, self.chance = database, Random(11)
        self.ranks = {word: rank for rank, word in enumerate(corpus.prose.ranked)}
        self.sizes = corpus.sizes()
        order = sorted(self.sizes, key=lambda id: (self.sizes[id], id))
        first = (len(order) - TYPICAL_MEMBERS) // 2
        self.members = {
            "typical": order[first : first + TYPICAL_MEMBERS],
            "heavy": list(range(1, HEAVY + 1)),
        }
        self.sample = cache(self._sample)

    def of(self, weight: str, kind: str, number: int) -> list[SearchQuery]:
        """Return queries of one kind, such as "phrase"; the members of a group take turns.

        The groups (`weight`) are "typical" and "heavy": by how many messages they have.
        """
        members = self.members[weight]
        chosen = (members[turn % len(members)] for turn in range(number))
        return [QUERY_KINDS[kind](self, member_id) for member_id in chosen]

    def some(self, number: int, without: str = "") -> Iterator[SearchQuery]:
        """Yield `number` queries of each kind and group of members, but none of kind `without`."""
        for kind in QUERY_KINDS:
            for weight in self.members if kind != without else ():
                yield from self.of(weight, kind, number)

    def common(self, member_id: int) -> SearchQuery:
        return word_query(member_id, self._word(member_id, 40, 400)[1])

    def rare(self, member_id: int) -> SearchQuery:
        return word_query(member_id, self._word(member_id, 20_000, 10**6)[1])

    def two(self, member_id: int) -> SearchQuery:
        """Return a query for two frequent words of one message, which others may have too."""
        some = [each for each in self.sample(member_id) if len(set(each.words)) > 1]
        chosen = sorted(
            set(self.chance.choice(some).words), key=lambda word: self._rank_distance(word, 40)
        )
        return word_query(member_id, *chosen[:2])

    def phrase(self, member_id: int) -> SearchQuery:
        some = [each for each in self.sample(member_id) if each.word_pairs]
        pair = " ".join(self.chance.choice(self.chance.choice(some).word_pairs))
        return SearchQuery(member_id, f'"{pair}"', f'"{pair}"')

    def prefix(self, member_id: int) -> SearchQuery:
        word = self._word(member_id, 100, 20_000)[1][: self.chance.randint(3, 4)]
        return SearchQuery(member_id, word, f'"{word}"*')

    def from_(self, member_id: int) -> SearchQuery:
        message, word = self._word(member_id, 40, 5_000)
        return SearchQuery(
            member_id, f"from:{message.handle} {word}", f'"{word}"', handle=message.handle
        )

    def has(self, member_id: int) -> SearchQuery:
        day = BEGAN + timedelta(days=self.chance.randrange(DAYS))
        following = f"{day + timedelta(days=1):%Y-%m-%d}"
        return SearchQuery(member_id, f"has:file after:{day:%Y-%m-%d}", after=following)

    def _word(self, member_id: int, low: int, high: int) -> tuple[SampledMessage, str]:
        """Choose a word from a member's messages, and return its message and the word.

        Its rank by frequency is from `low` to `high` (0 is the commonest), if there is one.
        """
        messages = self.sample(member_id)
        near = [
            (each, word)
            for each in messages
            for word in each.words
            if low <= self.ranks.get(word, -1) < high
        ]
        middle = (low * min(high, 300_000)) ** 0.5
        every = ((each, word) for each in messages for word in each.words)
        return self.chance.choice(
            near or [min(every, key=lambda it: self._rank_distance(it[1], middle))]
        )

    def _rank_distance(self, word: str, rank: float) -> float:
        return abs(self.ranks.get(word, 0) - rank)

    def _sample(self, member_id: int) -> list[SampledMessage]:
        rows = self.database.execute(MEMBER_MESSAGES, {"member": member_id}).all()
        some = self.chance.sample(rows, min(SAMPLE_SIZE, len(rows)))
        messages = [
            SampledMessage(handle, searchable_words(body), word_pairs(body))
            for body, handle in some
        ]
        return [each for each in messages if each.words]


# linkmsg treats the last word as a prefix, which costs more than FTS5's search for the word.
QUERY_KINDS: dict[str, Callable[[QueryGenerator, int], SearchQuery]] = {
    "common word": QueryGenerator.common,
    "rare word": QueryGenerator.rare,
    "two words": QueryGenerator.two,
    "phrase": QueryGenerator.phrase,
    "prefix": QueryGenerator.prefix,
    "from: + word": QueryGenerator.from_,
    "has: + date": QueryGenerator.has,
}


def word_query(member_id: int, *words: str) -> SearchQuery:
    return SearchQuery(member_id, " ".join(words), " ".join(f'"{word}"' for word in words))


def searchable_words(body: str) -> list[str]:
    """Return the words of a text that have more than three letters, and only letters."""
    return [word for word in WORD.findall(body.lower()) if len(word) > 3]


def word_pairs(body: str) -> list[tuple[str, str]]:
    """Return pairs of words with one space between them, one with more than three letters."""
    matches = [(each.span(), each[0]) for each in WORD.finditer(body.lower())]
    return [
        (first, second)
        for ((_, end), first), ((start, _), second) in pairwise(matches)
        if start == end + 1 and body[end] == " " and max(len(first), len(second)) > 3
    ]
