"""The chips beside a search: what narrows it now, who or what may be meant, what else could."""

from collections.abc import Iterator
from dataclasses import dataclass

from linkmsg.models import Member
from linkmsg.search import OPERATOR_VALUES, Filter, Results, suggest_people
from linkmsg.web.search_request import SearchRequest

# Of so many names it is looked up whom they may mean.
NAMES = 3
OFFERS = (
    ("from:me", "From me"),
    ("has:file", "Has file"),
    ("has:image", "Has image"),
    ("has:link", "Has link"),
    ("is:unread", "Unread"),
)


@dataclass(frozen=True)
class FilterLink:
    """A way to a narrower search, or back to a wider one where this is on already.

    `meant` is for whom or what may be meant by something that was typed.
    """

    label: str
    address: str
    on: bool = False
    meant: bool = False


def chips(viewer: Member, wanted: SearchRequest, results: Results | None) -> Iterator[FilterLink]:
    """What narrows a search now, then what may be meant, then what else could narrow it.

    Operators are put before the words, of which the last one goes on as it is typed.
    """
    if results is None:
        yield from _others(wanted, [])
        return
    asked = results.query
    people = _people(viewer, [*asked.filters, *asked.incomplete_filters])
    for each in asked.filters:
        names = [name for name, _ in people.get(each, ())]
        words = label(each, names[0] if len(names) == 1 else each.value)
        yield FilterLink(words, wanted.anew(wanted.without([each], asked)), on=True)
    yield from _meant(viewer, wanted, results, people)
    if not asked.incomplete_operator:
        yield from _others(wanted, asked.filters)


People = dict[Filter, list[tuple[str, str]]]


def _meant(
    viewer: Member, wanted: SearchRequest, results: Results, people: People
) -> Iterator[FilterLink]:
    """Who or what may be meant: by a name, by an operator that was begun, by mere words."""
    asked = results.query
    for each, several in people.items():
        if len(several) > 1 or not each.value:
            yield from (_offer(wanted, each, name, f"@{handle}") for name, handle in several)
    for each in asked.incomplete_filters:
        yield from (
            _offer(wanted, each, value, value) for value in OPERATOR_VALUES.get(each.name, ())
        )
    if asked.plain_text and not (results.hits or asked.filters):
        others = (
            each for each in suggest_people(viewer, asked.plain_text) if each[1] != viewer.handle
        )
        for name, handle in others:
            yield FilterLink(f"With {name}", wanted.anew(f"with:@{handle}"), meant=True)


def _people(viewer: Member, filters: list[Filter]) -> People:
    """Whom the names may mean that are asked for: names and handles."""
    named = [each for each in filters if each.is_person]
    return {each: suggest_people(viewer, each.value) for each in named[:NAMES]}


def _offer(wanted: SearchRequest, filter_: Filter, words: str, value: str) -> FilterLink:
    """A way to what may be meant by an operator, in words and as a value."""
    start, end = filter_.span
    operator = f"{'-' * filter_.is_negated}{filter_.name}:{value}"
    text = f"{wanted.text[:start]}{operator} {wanted.text[end:]}"
    return FilterLink(label(filter_, words), wanted.anew(text), meant=True)


def _others(wanted: SearchRequest, filters: list[Filter]) -> Iterator[FilterLink]:
    here = {f"{each.name}:{each.value}".casefold() for each in filters if not each.is_negated}
    is_of_somebody = any(each.name == "from" for each in filters)
    for operator, words in OFFERS:
        if operator not in here and not (is_of_somebody and operator == "from:me"):
            yield FilterLink(words, wanted.anew(f"{operator} {wanted.text}"))


def label(filter_: Filter, value: str) -> str:
    """A filter in words: From bo, Not has file, Before 2026-03-01."""
    words = f"{filter_.name} {value}"
    return f"Not {words}" if filter_.is_negated else words[:1].upper() + words[1:]


def example(viewer: Member) -> str:
    """The first name of whom she talked to last, or any name."""
    newest = suggest_people(viewer, "")
    return newest[0][0].split()[0].replace('"', "") if newest else "Bo"
