"""The links on the search page that add a filter such as `has:file` to the query, or remove one."""

from collections.abc import Iterator
from dataclasses import dataclass

from linkmsg.models import Member
from linkmsg.search import OPERATOR_VALUES, Filter, Results, suggest_people
from linkmsg.web.search_request import SearchRequest

# The number of names in a query that members are looked up for.
MAX_NAME_LOOKUPS = 3
QUICK_FILTERS = (
    ("from:me", "From me"),
    ("has:file", "Has file"),
    ("has:image", "Has image"),
    ("has:link", "Has link"),
    ("is:unread", "Unread"),
)


@dataclass(frozen=True)
class FilterLink:
    """A link that adds a filter to a search, or removes it if it is active.

    A suggestion completes something that was typed, such as a name that several members have;
    `is_person` tells that it offers a member.
    """

    label: str
    address: str
    is_active: bool = False
    is_suggestion: bool = False
    is_person: bool = False


def filter_links(
    viewer: Member, search_request: SearchRequest, results: Results | None
) -> Iterator[FilterLink]:
    """Yield links that remove an active filter, then suggestions, then links that add a filter.

    Without results, which means no query yet, there are only the last ones. New operators go before
    the words, because the last word is still being typed.
    """
    if results is None:
        yield from _quick_filters(search_request, [])
        return
    asked = results.query
    candidates = _possible_members(viewer, [*asked.filters, *asked.incomplete_filters])
    for each in asked.filters:
        names = [name for name, _ in candidates.get(each, ())]
        words = label(each, names[0] if len(names) == 1 else each.value)
        yield FilterLink(
            words,
            search_request.address_with_text(search_request.text_without([each], asked)),
            is_active=True,
        )
    yield from _suggestions(viewer, search_request, results, candidates)
    if not asked.incomplete_operator:
        yield from _quick_filters(search_request, asked.filters)


Candidates = dict[Filter, list[tuple[str, str]]]


def _suggestions(
    viewer: Member, search_request: SearchRequest, results: Results, candidates: Candidates
) -> Iterator[FilterLink]:
    """Yield links that complete the query.

    They offer members for a name that several have, values for operators that have none yet, such
    as `has:`, and members for plain words if no message was found.
    """
    asked = results.query
    for each, several in candidates.items():
        if len(several) > 1 or not each.value:
            yield from (
                _suggestion(search_request, each, name, f"@{handle}") for name, handle in several
            )
    for each in asked.incomplete_filters:
        yield from (
            _suggestion(search_request, each, value, value)
            for value in OPERATOR_VALUES.get(each.name, ())
        )
    if asked.plain_text and not (results.hits or asked.filters):
        others = (
            each for each in suggest_people(viewer, asked.plain_text) if each[1] != viewer.handle
        )
        for name, handle in others:
            yield FilterLink(
                f"With {name}",
                search_request.address_with_text(f"with:@{handle}"),
                is_suggestion=True,
                is_person=True,
            )


def _possible_members(viewer: Member, filters: list[Filter]) -> Candidates:
    """Return for each filter with a name, such as `from:bo`, the members it may refer to.

    Each member is (name, handle). Only the first MAX_NAME_LOOKUPS filters are looked up.
    """
    named = [each for each in filters if each.is_person]
    return {each: suggest_people(viewer, each.value) for each in named[:MAX_NAME_LOOKUPS]}


def _suggestion(
    search_request: SearchRequest, filter_: Filter, words: str, value: str
) -> FilterLink:
    """Return a link named `words` to the search with `value` in place of the filter's value."""
    start, end = filter_.span
    operator = f"{'-' * filter_.is_negated}{filter_.name}:{value}"
    text = f"{search_request.text[:start]}{operator} {search_request.text[end:]}"
    return FilterLink(
        label(filter_, words),
        search_request.address_with_text(text),
        is_suggestion=True,
        is_person=filter_.is_person,
    )


def _quick_filters(search_request: SearchRequest, filters: list[Filter]) -> Iterator[FilterLink]:
    here = {f"{each.name}:{each.value}".casefold() for each in filters if not each.is_negated}
    is_of_somebody = any(each.name == "from" for each in filters)
    for operator, words in QUICK_FILTERS:
        if operator not in here and not (is_of_somebody and operator == "from:me"):
            yield FilterLink(
                words, search_request.address_with_text(f"{operator} {search_request.text}")
            )


def label(filter_: Filter, value: str) -> str:
    """Return the label of a filter, such as: From bo, Not has file, Before 2026-03-01."""
    words = f"{filter_.name} {value}"
    return f"Not {words}" if filter_.is_negated else words[:1].upper() + words[1:]


def example_name(viewer: Member) -> str:
    """Return a first name for example queries: of the member's latest contact, or Bo if none."""
    newest = suggest_people(viewer, "")
    return newest[0][0].split()[0].replace('"', "") if newest else "Bo"
