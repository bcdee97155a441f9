"""Execution of queries: find matching messages, newest or most relevant first, page by page."""

import math
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import nlargest
from typing import NamedTuple

from whoosh.scoring import bm25

from linkmsg.search.index.clauses import AnyOf, AnyTerm, Clause, Phrase, Prefix, PrefixPhrase, exact
from linkmsg.search.index.postings import Postings
from linkmsg.search.index.view import Budget, BudgetExceeded, View

# The maximum total that is counted exactly.
CAP = 200
# The numbers in a cursor, and the maximum depth of pages by relevance.
PLACE = re.compile("[0-9]{1,18}")
DEEPEST = 10_000
# The usual BM25 parameters (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).
B, K1 = 0.75, 1.2
# Seconds for scoring after matching has used up the time.
GRACE = 0.05


@dataclass
class IndexQuery:
    """A query: clauses that a message must match, and `excluded` ones that it must not match.

    `everything` matches all messages that the index has for the member who searches. If these
    include messages that the member may no longer read, `conversations` are further required
    clauses that restrict the search to certain conversations.
    """

    everything: AnyTerm
    required: list[Clause] = field(default_factory=list)
    excluded: list[Clause] = field(default_factory=list)
    conversations: list[AnyTerm] = field(default_factory=list)

    def find(self, view: View, budget: Budget) -> set[int]:
        """Return the numbers of the matching messages in one segment (one part of the index)."""
        wanted = sorted([*self.required, *self.conversations], key=lambda each: each.cost)
        if not wanted or wanted[0].cost >= 5:  # these clauses only filter earlier matches
            wanted.insert(0, self.everything)
        found: set[int] | None = None
        for clause in wanted:
            now = clause.find(view, found, budget)
            found = now if found is None else found & now
            if not found:
                return set()
        found = view.shown(found or set())
        for clause in self.excluded:
            found -= exact(clause, view, found, budget)
        return found


class IndexHits(NamedTuple):
    """A page of results: message ids, the cursor of the next page ('' on the last), and the total.

    If not `is_exact`, there may be more matches than `total`. `is_partial` means that the time
    limit ended the search early. `counted` are the ids of the first matches that the total is based
    on.
    """

    ids: list[int]
    next_cursor: str
    total: int
    is_exact: bool
    is_partial: bool
    counted: list[int]

    def without(self, gone: Collection[int]) -> "IndexHits":
        """Return the page without the ids in `gone`; its total then counts as a minimum."""
        ids = [each for each in self.ids if each not in gone]
        counted = [each for each in self.counted if each not in gone]
        total = min(len(counted), CAP)
        return IndexHits(ids, self.next_cursor, total, False, self.is_partial, counted)


def newest(
    query: IndexQuery, views: Sequence[View], after: str, size: int, budget: Budget
) -> IndexHits:
    """Return a page of matches, newest first.

    `after` is the cursor: the last message id of the page before, or '' for the first page. Older
    segments are not searched once the page is full and the total is above the maximum that is
    counted.
    """
    before = int(after) if PLACE.fullmatch(after) else math.inf
    page, counted = list[int](), list[int]()
    total = 0
    ordered = sorted(views, key=lambda each: each.newest, reverse=True)
    try:
        for view, following in zip(ordered, [*ordered[1:], None], strict=True):
            ids = view.ids(query.find(view, budget))
            total += len(ids)
            counted += ids[: CAP + 1 - len(counted)]
            page = nlargest(size + 1, [*page, *(each for each in ids if each < before)])
            rest = following.newest if following else 0
            if total > CAP and len(page) > size and page[-1] > rest:
                break
            if page and budget.is_over():
                budget.cut = True
                break
    except BudgetExceeded:
        budget.cut = True
    is_last = len(page) <= size and not budget.cut
    more = str(page[:size][-1]) if page and not is_last else ""
    return _answer(page[:size], more, total, counted, late=budget.cut)


def best(
    query: IndexQuery, views: Sequence[View], after: str, size: int, budget: Budget
) -> IndexHits:
    """Return a page of matches, most relevant first, by their BM25 score.

    `after` is the cursor, or '' for the first page: a message id and the number of results on
    earlier pages. Messages with a higher id, which came later, are left out, so that pages don't
    overlap.
    """
    until, start = _cursor(after)
    scores = _scored(query, views, until, budget)
    wanted = max(start + size, CAP) + 1
    ordered = nlargest(wanted, scores.items(), key=lambda each: (each[1], each[0]))
    ids = [message_id for message_id, _ in ordered]
    page = ids[start : start + size + 1]
    # The newest match, not the newest message: a cursor must not reveal other members' activity.
    more = f"{until or max(scores)}.{start + size}" if len(page) > size else ""
    return _answer(page[:size], more, len(scores), ids, late=budget.cut)


def _answer(page: list[int], more: str, total: int, counted: list[int], *, late: bool) -> IndexHits:
    return IndexHits(page, more, min(total, CAP), total <= CAP and not late, late, counted)


def _cursor(after: str) -> tuple[int, int]:
    until, _, start = after.partition(".")
    if PLACE.fullmatch(until) and PLACE.fullmatch(start):
        return int(until), min(int(start), DEEPEST)
    return 0, 0


Counts = dict[int, int]


class _Looked(NamedTuple):
    """The matching messages of a segment, as numbers, and what their scores depend on.

    `counts` says how often each term is in each message, `often` how many messages contain it.
    """

    view: View
    found: list[int]
    counts: dict[bytes, Counts]
    often: dict[bytes, int]


def _scored(
    query: IndexQuery, views: Sequence[View], until: int, budget: Budget
) -> dict[int, float]:
    """Return the BM25 score of each match by message id; only of the newest if the time is up."""
    keys = list(dict.fromkeys(_keys(query.required)))
    looked, all_of_her = _look(query, keys, views, until, budget)
    rarity = {key: sum(each.often[key] for each in looked) for key in keys}
    idf = {key: math.log(1 + (all_of_her - df + 0.5) / (df + 0.5)) for key, df in rarity.items()}
    lengths = [each.view.columns.lengths[n - each.view.base] for each in looked for n in each.found]
    usual = max(1.0, sum(lengths) / max(1, len(lengths)))
    left = Budget(GRACE) if budget.is_over() else budget
    scores = {
        view.message(number): _score(view, number, counts, idf, usual)
        for view, found, counts, _ in looked
        for number in left.while_there_is(reversed(found))
    }
    budget.cut |= left.cut
    return scores


def _look(
    query: IndexQuery, keys: list[bytes], views: Sequence[View], until: int, budget: Budget
) -> tuple[list[_Looked], int]:
    """Return the matches of each segment, newest first, and how many messages the member has.

    Both cover fewer segments if the time is up, and then the budget is marked as `cut`.
    """
    looked, all_of_her = list[_Looked](), 0
    with suppress(BudgetExceeded):
        for view in sorted(views, key=lambda each: each.newest, reverse=True):
            if any(each.found for each in looked):
                budget.check()
            found = sorted(query.find(view, budget))
            if until:
                found = [each for each in found if view.message(each) <= until]
            terms = {key: view.postings(key) for key in keys}
            looked.append(
                _Looked(
                    view,
                    found,
                    {key: _counts(found, terms[key]) for key in keys},
                    {key: len(each.numbers) if each else 0 for key, each in terms.items()},
                )
            )
            all_of_her += len(query.everything.find(view, None, budget))
        return looked, all_of_her
    budget.cut = True
    return looked, all_of_her


def _counts(found: Sequence[int], postings: Postings | None) -> Counts:
    if postings is None or not found:
        return {}
    return dict(zip(postings.numbers, postings.counts, strict=False))


def _score(
    view: View, number: int, counts: dict[bytes, Counts], idf: dict[bytes, float], usual: float
) -> float:
    length = max(1, view.columns.lengths[number - view.base])
    found = ((idf[key], each[number]) for key, each in counts.items() if number in each)
    return sum(float(bm25(rare, often, length, usual, B, K1)) for rare, often in found)


def _keys(clauses: Sequence[Clause]) -> Iterator[bytes]:
    """Yield the keys of the words in these clauses that make a message more relevant."""
    for clause in clauses:
        match clause:
            case AnyTerm(keys=keys, cost=1) | Phrase(keys=keys):
                yield from keys
            case Prefix(stems=stems):
                yield from stems
            case PrefixPhrase(heads=heads):
                yield from _keys(heads)
            case AnyOf(clauses=several):
                yield from _keys(several)
            case _:
                pass
