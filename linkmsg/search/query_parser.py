"""The language of a search: how a text is understood. Pure: no database, no clock.

Words, "phrases", and operators such as `from:bo`; a hyphen before any of them means *not*.
Nothing is refused: what is not understood is searched as words, and a note says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from linkmsg.search.date_ranges import Days, days_of

# Characters of a text that are looked at, and what is asked for at most.
LONGEST, MOST = 2000, 64
TOO_LONG = f"Only the first {LONGEST:,} characters were searched."
TOO_MANY = f"Only the first {MOST} words were searched."
# A hyphen for *not*; an operator with its value; a phrase, closed or not; any other word.
PART = re.compile(
    r"""(?P<not>-)?(?:(?P<name>[A-Za-z]{2,8}):(?P<value>"[^"]*"?|[^\s"]*)"""
    r"""|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"]+))"""
)
# What phones and languages write for the two signs that mean something here. As long as before.
SIGNS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"：": ":", "\0": " "})
# What a handle begins with that is nothing but a handle.
AT = "@"
KINDS = {
    **dict.fromkeys(("file", "files", "attachment", "attachments"), "file"),
    **dict.fromkeys(("image", "images", "photo", "photos", "picture", "pictures"), "image"),
    **dict.fromkeys(("audio", "voice", "sound"), "audio"),
    **dict.fromkeys(("video", "videos"), "video"),
    **dict.fromkeys(("link", "links", "url"), "link"),
    "pdf": "pdf",
}
# Values that are offered behind operators; behind the others it is people.
VALUES = {
    "has": tuple(dict.fromkeys(KINDS.values())),
    "is": ("unread",),
    **dict.fromkeys(("before", "after", "on"), ("today", "yesterday")),
}
HAS = f"has: knows {', '.join(VALUES['has'][:-1])} and {VALUES['has'][-1]}."
# What can be asked for only once there is such a thing.
LATER = {
    ("in", "archived"): "archived conversations",
    ("in", "inmail"): "InMail",
    ("is", "starred"): "starred conversations",
}


@dataclass(frozen=True)
class QueryWord:
    """A word or the text of a phrase; `prefix` where it may go on, as the last word may.

    `place` is from where to where a word stands in the text.
    """

    text: str
    negated: bool = False
    prefix: bool = False
    place: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Filter:
    """An operator and its value, and from where to where it stands in the text.

    `days` are those that it lets through, where it is of time; `behind` are the words right
    behind a name without quotes, which may be more of it.
    """

    name: str
    value: str
    negated: bool = False
    days: Days | None = None
    place: tuple[int, int] = (0, 0)
    behind: tuple[QueryWord, ...] = ()

    @property
    def names_somebody(self) -> bool:
        """Whether it is of a person."""
        return OPERATORS[self.name] is _person


@dataclass(frozen=True)
class Asked:
    """How a text was understood; `notes` say in sentences what was not.

    `begun` are operators behind which nothing stands yet.
    """

    words: list[QueryWord] = field(default_factory=list)
    phrases: list[QueryWord] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    begun: list[Filter] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for."""
        return not (self.words or self.phrases or self.filters)

    @property
    def begun_with(self) -> str:
        """The operator behind which something is to come, where nothing else is asked for."""
        return self.begun[-1].name if self.is_empty and self.begun else ""

    @property
    def plain(self) -> str:
        """The words that are asked for, alone."""
        return " ".join(word.text for word in self.words if not word.negated)

    @property
    def size(self) -> int:
        """How many things are asked for."""
        return len(self.words) + len(self.phrases) + len(self.filters)


def parse(text: str, *, today: date) -> Asked:
    """How a text is understood on a day, which is the one of who asks."""
    asked = Asked()
    if len(text) > LONGEST:
        asked.notes.append(TOO_LONG)
    # Half of a surrogate pair is no text, and can't be looked for.
    clean = text[:LONGEST].translate(SIGNS).encode(errors="replace").decode()
    parts = list(PART.finditer(clean))
    said = [part for part in parts if (part["name"] or "").lower() not in OPERATORS]
    for part in parts:
        if asked.size >= MOST:
            asked.notes.append(TOO_MANY)
            break
        _take(part, asked, today, is_last=bool(said) and part is said[-1])
    asked.filters[:] = [_with_behind(each, asked.words, clean) for each in asked.filters]
    return _cut(asked)


def without_signs(text: str) -> str:
    """A text without what means something in a search."""
    return text.translate(SIGNS).replace('"', " ")


def _with_behind(filter_: Filter, words: list[QueryWord], text: str) -> Filter:
    """A filter by a name, with the words that stand behind it, and nothing else between."""
    behind, end = list[QueryWord](), filter_.place[1]
    if not filter_.names_somebody or text[end - 1] == '"':
        return filter_
    for word in words:
        start, following = word.place
        if start >= end and not word.negated and not text[end:start].strip():
            behind.append(word)
            end = following
    return replace(filter_, behind=tuple(behind))


def _cut(asked: Asked) -> Asked:
    """No more words than are looked for: one value of an operator may be many."""
    if asked.size > MOST:
        del asked.words[max(0, MOST - len(asked.phrases) - len(asked.filters)) :]
        if TOO_MANY not in asked.notes:
            asked.notes.append(TOO_MANY)
    return asked


def _take(part: re.Match[str], asked: Asked, today: date, *, is_last: bool) -> None:
    negated = part["not"] is not None
    if part["name"] is not None:
        if _operator(part, asked, today):
            return
        values = part["value"].replace('"', " ").split()
        words = [":".join((part["name"], *values[:1])), *values[1:]]
        asked.words.extend(QueryWord(word, negated) for word in words[:-1])
        asked.words.append(_word(words[-1], negated, is_last))
    elif part["phrase"] is not None:
        open_end = is_last and not part["closed"]
        if part["phrase"].strip():
            asked.phrases.append(QueryWord(part["phrase"].strip(), negated, open_end))
    else:
        asked.words.append(_word(part["word"], negated, is_last, part.span()))


def _word(text: str, negated: bool, is_last: bool, place: tuple[int, int] = (0, 0)) -> QueryWord:
    return QueryWord(text, negated, prefix=is_last and not negated, place=place)


def _operator(part: re.Match[str], asked: Asked, today: date) -> bool:
    """Take an operator; whether it is one that has a meaning, or will have."""
    name, value = part["name"].lower(), part["value"].strip('"').strip()
    read = OPERATORS.get(name)
    if read is None:
        return False
    if value in {"", AT}:
        asked.notes.append(f"Nothing stands behind {name}: yet.")
        asked.begun.append(Filter(name, "", part["not"] is not None, place=part.span()))
        return True
    if later := LATER.get((name, value.lower())):
        asked.notes.append(f"There is no search for {later} here yet: {name}:{value} was left out.")
        return True
    found = read(value, today)
    if isinstance(found, str):
        asked.notes.append(f"{found} {name}:{value} was searched as words.")
        return False
    negated = part["not"] is not None
    asked.filters.append(Filter(name, found.value, negated, found.days, part.span()))
    return True


# A value as it is understood, or a sentence that says why it is not.
Read = Callable[[str, date], Filter | str]


def _person(value: str, _today: date) -> Filter | str:
    return Filter("", value)


def _kind(value: str, _today: date) -> Filter | str:
    kind = KINDS.get(value.lower())
    return Filter("", kind) if kind else HAS


def _place(value: str, _today: date) -> Filter | str:
    return f"To search one conversation write with:{value}."


def _state(value: str, _today: date) -> Filter | str:
    is_unread = value.lower() == "unread"
    return Filter("", "unread") if is_unread else "is: knows unread."


def _time(bound: str) -> Read:
    def read(value: str, today: date) -> Filter | str:
        found = days_of(value, today)
        return found if isinstance(found, str) else Filter("", value, days=found.seen_from(bound))

    return read


OPERATORS: dict[str, Read] = {
    "from": _person,
    "to": _person,
    "with": _person,
    "has": _kind,
    "in": _place,
    "is": _state,
    "before": _time("before"),
    "after": _time("after"),
    "on": _time("on"),
}
