"""The filter form of the search page: its fields become operators in the query, like `from:bo`."""

import re
from collections import defaultdict
from collections.abc import Mapping

from linkmsg.models import Member
from linkmsg.search import ParsedQuery, parse_query, strip_quotes
from linkmsg.web.search_request import SearchRequest, clean_query, may_extend_name

FIELDS = ("from", "with", "after", "before")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_filled_in(values: Mapping[str, str]) -> bool:
    """Return whether a filter form was submitted that has values now, or had some before.

    The hidden field `had-<name>` holds the value that a field had when the page was loaded.
    """
    return any(values.get(name) or values.get(f"had-{name}") for name in FIELDS)


def search_request_of(viewer: Member, values: Mapping[str, str]) -> SearchRequest:
    """Return the search that a submitted filter form asks for, with its fields as operators.

    A field that was not changed on the page leaves the query as it is. A changed one replaces
    the operators of its name, except negated ones such as `-from:bo`.
    """
    search_request = SearchRequest.of(values)
    typed = {name: clean_query(strip_quotes(values.get(name, ""))) for name in FIELDS}
    changed = [name for name in FIELDS if typed[name] != clean_query(values.get(f"had-{name}", ""))]
    asked = parse_query(viewer, search_request.text)
    replaced = [
        each for each in (*asked.filters, *asked.incomplete_filters) if each.name in changed
    ]
    text = search_request.text_without([each for each in replaced if not each.is_negated], asked)
    for name in reversed(changed):
        if typed[name]:
            text = _operator(name, typed[name], text)
    return search_request.with_changes(text=text, next="", shown=0)


def _operator(name: str, value: str, text: str) -> str:
    """Return the query `text` with the operator `name:value` in front.

    The value is quoted if the query parser might read words after it as part of it.
    """
    if " " in value or (name in {"from", "with"} and may_extend_name(f":{value}", text)):
        value = f'"{value}"'
    return f"{name}:{value} {text}".strip()


def field_values(asked: ParsedQuery | None) -> dict[str, str]:
    """Return the value of each form field: that of its operator if the query has one, else "".

    A field stays empty if the query has several operators of its name. Negated operators, and
    dates in another form than 2026-03-01, do not count.
    """
    values = defaultdict[str, list[str]](list)
    for each in asked.filters if asked else ():
        if not each.is_negated and (each.dates is None or DAY.fullmatch(each.value)):
            values[each.name].append(each.value)
    return {name: values[name][0] if len(values[name]) == 1 else "" for name in FIELDS}
