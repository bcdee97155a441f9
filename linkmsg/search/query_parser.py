"""The query parser: reads a typed search as words, "phrases" and filters, without a database.

A filter is an operator with its value, such as `from:bo`; a hyphen before any part excludes it.
No text is refused: what is not understood is searched as words, and a note says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from linkmsg.search.date_ranges import DateRange, parse_dates

# The most characters of a text that are read, and the most words, phrases and filters.
MAX_CHARACTERS, MAX_TERMS = 2000, 64
TOO_LONG = f"Only the first {MAX_CHARACTERS:,} characters were searched."
TOO_MANY = f"Only the first {MAX_TERMS} words were searched."
# A hyphen that excludes; an operator with its value; a phrase, closed or not; any other word.
PART_PATTERN = re.compile(
    r"""(?P<not>-)?(?:(?P<name>[A-Za-z]{2,8}):(?P<value>"[^"]*"?|[^\s"]*)"""
    r"""|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))"""
)
# What phones and other languages write for quotes and colons. Lengths stay, so spans stay true.
PUNCTUATION = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"：": ":", "\0": " "})
# A value that begins with this is a handle and no name.
HANDLE_PREFIX = "@"
ATTACHMENT_KINDS = {
    **dict.fromkeys(("file", "files", "attachment", "attachments"), "file"),
    **dict.fromkeys(("image", "images", "photo", "photos", "picture", "pictures"), "image"),
    **dict.fromkeys(("audio", "voice", "sound"), "audio"),
    **dict.fromkeys(("video", "videos"), "video"),
    **dict.fromkeys(("link", "links", "url"), "link"),
    "pdf": "pdf",
}
# Values suggested for these operators; for the others, people are.
OPERATOR_VALUES = {
    "has": tuple(dict.fromkeys(ATTACHMENT_KINDS.values())),
    "is": ("unread",),
    **dict.fromkeys(("before", "after", "on"), ("today", "yesterday")),
}
*_KINDS, _LAST_KIND = OPERATOR_VALUES["has"]
UNKNOWN_KIND = f"has: accepts {', '.join(_KINDS)} and {_LAST_KIND}."
# Filters by features that linkmsg does not have yet.
UNSUPPORTED = {
    ("in", "archived"): "archived conversations",
    ("in", "inmail"): "InMail",
    ("is", "starred"): "starred conversations",
}


@dataclass(frozen=True)
class QueryWord:
    """A typed word or phrase; `is_negated` (excluded) after a hyphen; `is_prefix` if unfinished.

    `span` is the start and end of a word in the typed text; of others it is (0, 0).
    """

    text: str
    is_negated: bool = False
    is_prefix: bool = False
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Filter:
    """An operator (`name`) with its value, such as `from:bo`; `span` is its place in the text.

    `dates` are the days that a filter by time includes. `following_words` stand directly after
    the name of a person without quotes and may belong to that name: `from:bo lindqvist`.
    """

    name: str
    value: str
    is_negated: bool = False
    dates: DateRange | None = None
    span: tuple[int, int] = (0, 0)
    following_words: tuple[QueryWord, ...] = ()

    @property
    def is_person(self) -> bool:
        """Return whether the value names a person: the operator is `from`, `to` or `with`."""
        return OPERATORS[self.name] is _parse_person


@dataclass(frozen=True)
class ParsedQuery:
    """A typed search in parts; `notes` tell the member what was not understood, in sentences.

    `incomplete_filters` are operators without a value, such as `from:`.
    """

    words: list[QueryWord] = field(default_factory=list)
    phrases: list[QueryWord] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    incomplete_filters: list[Filter] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Return whether the text has no word, phrase or complete filter."""
        return not (self.words or self.phrases or self.filters)

    @property
    def incomplete_operator(self) -> str:
        """Return the last operator without a value, or '' if there is none or anything else."""
        return self.incomplete_filters[-1].name if self.is_empty and self.incomplete_filters else ""

    @property
    def plain_text(self) -> str:
        """Return the words to search for, without excluded words, phrases and filters."""
        return " ".join(word.text for word in self.words if not word.is_negated)

    @property
    def size(self) -> int:
        """Return the number of words, phrases and filters."""
        return len(self.words) + len(self.phrases) + len(self.filters)


def parse(text: str, *, today: date) -> ParsedQuery:
    """Return a typed search in parts; `today` is the date in the member's time zone."""
    query = ParsedQuery()
    if len(text) > MAX_CHARACTERS:
        query.notes.append(TOO_LONG)
    # Half of a surrogate pair can't be encoded for the database.
    clean = text[:MAX_CHARACTERS].translate(PUNCTUATION).encode(errors="replace").decode()
    parts = list(PART_PATTERN.finditer(clean))
    terms = [part for part in parts if (part["name"] or "").lower() not in OPERATORS]
    for part in parts:
        if query.size >= MAX_TERMS:
            query.notes.append(TOO_MANY)
            break
        _add_part(part, query, today, is_last=bool(terms) and part is terms[-1])
    query.filters[:] = [_with_following_words(each, query.words, clean) for each in query.filters]
    return _truncate(query)


def strip_quotes(text: str) -> str:
    """Return a text with spaces for its double quotes, to be put in quotes as one value."""
    return text.translate(PUNCTUATION).replace('"', " ")


def _with_following_words(filter_: Filter, words: list[QueryWord], text: str) -> Filter:
    """Return a filter by person with the words directly after it; other filters unchanged."""
    following, end = list[QueryWord](), filter_.span[1]
    if not filter_.is_person or text[end - 1] == '"':
        return filter_
    for word in words:
        start, word_end = word.span
        if start >= end and not word.is_negated and not text[end:start].strip():
            following.append(word)
            end = word_end
    return replace(filter_, following_words=tuple(following))


def _truncate(query: ParsedQuery) -> ParsedQuery:
    """Drop words above `MAX_TERMS`, and note it: a value searched as words may add many at once."""
    if query.size > MAX_TERMS:
        del query.words[max(0, MAX_TERMS - len(query.phrases) - len(query.filters)) :]
        if TOO_MANY not in query.notes:
            query.notes.append(TOO_MANY)
    return query


def _add_part(part: re.Match[str], query: ParsedQuery, today: date, *, is_last: bool) -> None:
    is_negated = part["not"] is not None
    if part["name"] is not None:
        if _add_filter(part, query, today):
            return
        values = part["value"].replace('"', " ").split()
        words = [":".join((part["name"], *values[:1])), *values[1:]]
        query.words.extend(QueryWord(word, is_negated) for word in words[:-1])
        query.words.append(_word(words[-1], is_negated, is_last))
    elif part["phrase"] is not None:
        is_open = is_last and not part["closed"]
        if part["phrase"].strip():
            query.phrases.append(QueryWord(part["phrase"].strip(), is_negated, is_open))
    else:
        query.words.append(_word(part["word"], is_negated, is_last, part.span()))


def _word(text: str, is_negated: bool, is_last: bool, span: tuple[int, int] = (0, 0)) -> QueryWord:
    return QueryWord(text, is_negated, is_prefix=is_last and not is_negated, span=span)


def _add_filter(part: re.Match[str], query: ParsedQuery, today: date) -> bool:
    """Add a filter, or a note on why not; return False if it must be searched as words."""
    name, value = part["name"].lower(), part["value"].strip('"').strip()
    is_negated = part["not"] is not None
    parse_value = OPERATORS.get(name)
    if parse_value is None:
        return False
    if value in {"", HANDLE_PREFIX}:
        query.notes.append(f"{name}: needs a value.")
        query.incomplete_filters.append(Filter(name, "", is_negated, span=part.span()))
        return True
    if feature := UNSUPPORTED.get((name, value.lower())):
        note = f"Searching {feature} isn’t supported yet: {name}:{value} was ignored."
        query.notes.append(note)
        return True
    parsed = parse_value(value, today)
    if isinstance(parsed, str):
        query.notes.append(f"{parsed} {name}:{value} was searched as words.")
        return False
    query.filters.append(Filter(name, parsed.value, is_negated, parsed.dates, part.span()))
    return True


# Returns a filter without its name, or a sentence that says why the value is not understood.
ValueParser = Callable[[str, date], Filter | str]


def _parse_person(value: str, _today: date) -> Filter | str:
    return Filter("", value)


def _parse_kind(value: str, _today: date) -> Filter | str:
    kind = ATTACHMENT_KINDS.get(value.lower())
    return Filter("", kind) if kind else UNKNOWN_KIND


def _parse_location(value: str, _today: date) -> Filter | str:
    return f"To search one conversation, write with:{value}."


def _parse_state(value: str, _today: date) -> Filter | str:
    is_unread = value.lower() == "unread"
    return Filter("", "unread") if is_unread else "is: accepts unread."


def _date_parser(operator: str) -> ValueParser:
    def parse_value(value: str, today: date) -> Filter | str:
        dates = parse_dates(value, today)
        if isinstance(dates, str):
            return dates
        return Filter("", value, dates=dates.relative_to(operator))

    return parse_value


OPERATORS: dict[str, ValueParser] = {
    "from": _parse_person,
    "to": _parse_person,
    "with": _parse_person,
    "has": _parse_kind,
    "in": _parse_location,
    "is": _parse_state,
    "before": _date_parser("before"),
    "after": _date_parser("after"),
    "on": _date_parser("on"),
}
