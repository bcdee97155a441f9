"""Suggests corrections of typing errors, from the words of a member's own conversations."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import takewhile

from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.index import Budget, BudgetExceeded, Searcher
from linkmsg.search.query_parser import ParsedQuery

# Shorter words are similar to too many others. Beyond so many words no further segment is read.
MIN_LETTERS, MAX_COMPARED = 4, 20_000
SECONDS = 0.05
# The most candidates that are searched for, and the most messages of a typed word whose
# visibility is checked, the newest ones.
MAX_TRIED, MAX_CHECKED = 8, 200


@dataclass(frozen=True)
class SpellingSuggester:
    """Suggests a correction of one word in a member's search that found nothing.

    `is_visible` takes ids of messages and tells whether the member may see at least one.
    `written_form` takes a text and a word in it; it searches for the text and returns the word
    as a found message writes it, or '' if the text finds none. `is_known` takes a word and tells
    whether it is right although no message has it, since it is part of a member's profile.
    """

    builder: ClauseBuilder
    searcher: Searcher
    is_visible: Callable[[Sequence[int]], bool]
    written_form: Callable[[str, str], str]
    is_known: Callable[[str], bool]

    def suggest(self, text: str, query: ParsedQuery) -> str:
        """Return the text with its one unknown word corrected so that it finds something.

        Return '' if not exactly one word is unknown, or if no correction is found in time. A word
        that occurs in any message, or in a name, is known. Only
        words indexed for this member are compared, so that no suggestion reveals words of
        conversations they are not in.
        """
        typed = [each.text for each in query.words if not each.is_negated]
        try:
            budget = Budget(SECONDS)
            unknown = [each for each in dict.fromkeys(typed) if self._is_unknown(each, budget)]
            if len(unknown) != 1 or text.count(unknown[0]) != 1:
                return ""
            (token,) = list(self.builder.tokenizer.tokenize(unknown[0]))
            if len(token.surface) < MIN_LETTERS or not token.surface.isalpha():
                return ""
            for candidate in self._candidates(token.surface, budget):
                if written := self.written_form(text.replace(unknown[0], candidate), candidate):
                    is_right = self.is_known(unknown[0])
                    return "" if is_right else text.replace(unknown[0], written)
            return ""
        except BudgetExceeded:
            return ""

    def _is_unknown(self, text: str, budget: Budget) -> bool:
        budget.check()
        tokens = list(self.builder.tokenizer.tokenize(text))
        if len(tokens) != 1:
            return False
        ids = self.searcher.message_ids(self.builder.stem(tokens[0]).keys)
        return not self.is_visible(nlargest(MAX_CHECKED, ids))

    def _candidates(self, surface: str, budget: Budget) -> Iterator[str]:
        """Yield the member's words most like a word, the most similar first.

        They are sorted by the number of different letters, then by the length of their common
        beginning, then by the number of messages with the word.

        Raises:
            BudgetExceeded: the time is up.
        """
        limit = 1 if len(surface) < 6 else 2
        ranked = []
        for number, other in enumerate(self._vocabulary(surface, budget)):
            if number % 64 == 0:
                budget.check()
            if (distance := edit_distance(surface, other, limit)) <= limit:
                count = len(self.searcher.message_ids([self.builder.surface + other.encode()]))
                ranked.append((distance, -_shared_beginning(surface, other), -count, other))
        for *_, other in sorted(ranked)[:MAX_TRIED]:
            budget.check()
            yield other

    def _vocabulary(self, surface: str, budget: Budget) -> list[str]:
        """Return the member's words with the same first letter and about the same length.

        They are read from the index one segment (an immutable part of the index) at a time, until
        there are more than `MAX_COMPARED`.

        Raises:
            BudgetExceeded: the time is up.
        """
        found = dict[str, None]()
        start, length = len(self.builder.surface), len(surface.encode())
        for keys in self.searcher.keys_by_segment(self.builder.surface + surface[0].encode()):
            for number, key in enumerate(keys):
                if number % 64 == 0:
                    budget.check()
                if abs(len(key) - start - length) <= 4:
                    found[key[start:].decode()] = None
            if len(found) > MAX_COMPARED:
                break
        return list(found)


def _shared_beginning(one: str, other: str) -> int:
    """Return the number of letters that two words have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, other, strict=False)))


def edit_distance(one: str, other: str, limit: int) -> int:
    """Return how many changes turn one word into the other, at most `limit` + 1.

    A change replaces, adds or removes a letter, or swaps it with the next. (This is the
    restricted Damerau-Levenshtein distance.)
    """
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before, last = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other_letter in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]
