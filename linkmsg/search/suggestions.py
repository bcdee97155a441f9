"""The one word of a search that is misspelt, as she or those who write to her spell it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import takewhile

from linkmsg.search.analysis.tokenizer import Word
from linkmsg.search.clause_builder import Scope
from linkmsg.search.index.postings import Postings
from linkmsg.search.index.view import Budget, Late, View
from linkmsg.search.query_parser import Asked

# Shorter words are too like too many others. So many words are compared.
SHORTEST, MOST = 4, 20_000
SECONDS = 0.05
# Of the words that are most alike so many are tried, and of a word that was typed so many of
# the newest messages.
TRIED, ASKED = 8, 200

Values = list[tuple[View, bytes]]


@dataclass(frozen=True)
class Spelling:
    """The words of a scope, as the segments know them.

    `is_hers` says whether any of some messages is; `spelt` how a word is written in one that a
    text finds, which was found by it, or '' where it finds none.
    """

    scope: Scope
    views: Sequence[View]
    is_hers: Callable[[Sequence[int]], bool]
    spelt: Callable[[str, str], str]

    def suggestion(self, text: str, asked: Asked) -> str:
        """The text with the one word replaced that is in no message of hers, if it finds then.

        '' if there is nothing like it. Only words of her own messages are compared, for no
        other has a key of her scope.
        """
        typed = [each.text for each in asked.words if not each.negated]
        try:
            budget = Budget(SECONDS)
            unknown = [each for each in dict.fromkeys(typed) if self._is_unknown(each, budget)]
            if len(unknown) != 1 or text.count(unknown[0]) != 1:
                return ""
            (word,) = list(self.scope.words.of(unknown[0]))
            if len(word.surface) < SHORTEST or not word.surface.isalpha():
                return ""
            for near in self._near(word.surface, budget):
                if spelt := self.spelt(text.replace(unknown[0], near), near):
                    return text.replace(unknown[0], spelt)
            return ""
        except Late:
            return ""

    def _is_unknown(self, text: str, budget: Budget) -> bool:
        budget.check()
        found: list[Word] = list(self.scope.words.of(text))
        if len(found) != 1:
            return False
        keys = self.scope.stem(found[0]).keys
        ids = {
            each
            for view in self.views
            for key in keys
            for each in view.shown_ids(view.numbers(key))
        }
        return not self.is_hers(nlargest(ASKED, ids))

    def _near(self, surface: str, budget: Budget) -> Iterator[str]:
        """The words most like it; of those first what begins alike, then what is said most."""
        allowed = 1 if len(surface) < 6 else 2
        near = []
        for number, (other, values) in enumerate(
            _alike(surface, self.scope, self.views, budget).items()
        ):
            if number % 64 == 0:
                budget.check()
            if (apart := distance(surface, other, allowed)) <= allowed:
                near.append((apart, -_shared(surface, other), -len(_ids(values)), other))
        for *_, other in sorted(near)[:TRIED]:
            budget.check()
            yield other


def _shared(one: str, other: str) -> int:
    """How many letters two words begin with alike."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))


def _ids(values: Values) -> list[int]:
    return [
        each for view, value in values for each in view.shown_ids(set(Postings.of(value).numbers))
    ]


def _alike(surface: str, scope: Scope, views: Sequence[View], budget: Budget) -> dict[str, Values]:
    """Her words that begin with the same letter and are about as long, and where they stand."""
    found: dict[str, Values] = {}
    start, length = len(scope.surface), len(surface.encode())
    for view in views:
        starting = view.terms.starting(scope.surface + surface[0].encode())
        for number, (key, value) in enumerate(starting):
            if number % 64 == 0:
                budget.check()
            if abs(len(key) - start - length) <= 4:
                found.setdefault(key[start:].decode(), []).append((view, value))
        if len(found) > MOST:
            break
    return found


def distance(one: str, other: str, limit: int) -> int:
    """How many letters must be changed, added, taken away or swapped with the next.

    `limit` + 1 stands for more. (Damerau's distance, in its restricted form.)
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]
