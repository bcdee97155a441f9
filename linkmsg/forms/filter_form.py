"""The form beside a search, which writes operators for those who do not know them."""

import re
from collections import defaultdict
from collections.abc import Mapping

from linkmsg.models import Member
from linkmsg.search import ParsedQuery, parse_query, strip_quotes
from linkmsg.web.search_request import SearchRequest, clean, may_join

FIELDS = ("from", "with", "after", "before")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_filled_in(values: Mapping[str, str]) -> bool:
    """Whether anything stands in the form, or stood there."""
    return any(values.get(name) or values.get(f"had-{name}") for name in FIELDS)


def written_out(viewer: Member, values: Mapping[str, str]) -> SearchRequest:
    """The search that a filled-in form means: its fields as operators of the text.

    A field that is as it was changes nothing; any other takes the place of its operators.
    """
    wanted = SearchRequest.of(values)
    said = {name: clean(strip_quotes(values.get(name, ""))) for name in FIELDS}
    new = [name for name in FIELDS if said[name] != clean(values.get(f"had-{name}", ""))]
    asked = parse_query(viewer, wanted.text)
    gone = [each for each in (*asked.filters, *asked.incomplete_filters) if each.name in new]
    text = wanted.without([each for each in gone if not each.is_negated], asked)
    for name in reversed(new):
        if said[name]:
            text = _operator(name, said[name], text)
    return wanted.changed(text=text, next="", shown=0)


def _operator(name: str, value: str, text: str) -> str:
    """An operator before a text, in quotes where its words might be taken for more of a name."""
    if " " in value or (name in {"from", "with"} and may_join(f":{value}", text)):
        value = f'"{value}"'
    return f"{name}:{value} {text}".strip()


def fields(asked: ParsedQuery | None) -> dict[str, str]:
    """What stands in the form: the values of its operators, of each that is there once."""
    values = defaultdict[str, list[str]](list)
    for each in asked.filters if asked else ():
        if not each.is_negated and (each.dates is None or DAY.fullmatch(each.value)):
            values[each.name].append(each.value)
    return {name: values[name][0] if len(values[name]) == 1 else "" for name in FIELDS}
