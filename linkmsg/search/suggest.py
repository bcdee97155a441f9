"""The one word of a search that is misspelt, as she or those who write to her spell it."""

from collections.abc import Callable, Sequence
from heapq import nlargest

from linkmsg.search.language import Asked
from linkmsg.search.postings import Postings
from linkmsg.search.scope import Scope
from linkmsg.search.view import Budget, Late, View
from linkmsg.search.words import Word

# Shorter words are too like too many others. So many words are compared.
SHORTEST, MOST = 4, 20_000
SECONDS = 0.05
# Of the words that are most alike so many are tried, and the newest messages of each.
TRIED, ASKED = 8, 200

# Whether any of these messages is hers, and what the segments know of a word.
IsHers = Callable[[Sequence[int]], bool]
Values = list[tuple[View, bytes]]


def suggestion(
    text: str, asked: Asked, scope: Scope, views: Sequence[View], is_hers: IsHers
) -> str:
    """The text with the one word replaced that is in no message of hers; '' if nothing is like it.

    Only words of her own messages are compared, for no other has a key of her scope; and of
    these only such as stand in a message that is hers still.
    """
    typed = [each.text for each in asked.words if not each.negated]
    try:
        budget = Budget(SECONDS)
        unknown = [each for each in typed if _is_unknown(each, scope, views, is_hers)]
        if len(unknown) != 1 or text.count(unknown[0]) != 1:
            return ""
        (word,) = list(scope.words.of(unknown[0]))
        if len(word.surface) < SHORTEST:
            return ""
        found = _nearest(word.surface, scope, views, budget, is_hers)
    except Late:
        return ""
    return text.replace(unknown[0], found) if found else ""


def _is_unknown(text: str, scope: Scope, views: Sequence[View], is_hers: IsHers) -> bool:
    found: list[Word] = list(scope.words.of(text))
    if len(found) != 1:
        return False
    keys = scope.stem(found[0]).keys
    ids = {each for view in views for key in keys for each in view.ids(view.numbers(key))}
    return not is_hers(nlargest(ASKED, ids))


def _nearest(
    surface: str, scope: Scope, views: Sequence[View], budget: Budget, is_hers: IsHers
) -> str:
    """The word most like it; of those alike the one in most messages."""
    allowed = 1 if len(surface) < 6 else 2
    near = []
    for number, (other, values) in enumerate(_alike(surface, scope, views, budget).items()):
        if number % 64 == 0:
            budget.check()
        if (apart := distance(surface, other, allowed)) <= allowed:
            near.append((apart, values, other))
    counted = [(apart, _ids(values), other) for apart, values, other in near]
    for _, ids, other in sorted(counted, key=lambda each: (each[0], -len(each[1]), each[2]))[
        :TRIED
    ]:
        if is_hers(nlargest(ASKED, ids)):
            return other
    return ""


def _ids(values: Values) -> list[int]:
    return [each for view, value in values for each in view.ids(Postings.of(value).numbers)]


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
