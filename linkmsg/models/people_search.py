"""Finds members by what someone types: which match, and in which order they are listed.

All lists of people use these functions, so that the same text gives the same order everywhere.
"""

from sqlalchemy import ColumnElement, and_, case, literal, or_, select, true
from sqlalchemy.orm import aliased

from linkmsg.models.connection import Connection
from linkmsg.models.folding import fold, searchable_name, words_of
from linkmsg.models.member import Member

MAX_WORDS = 8
# What may be left out of a name, or typed within one.
JOINERS = dict.fromkeys(map(ord, "-'`.·"))


def search_words(text: str) -> list[str]:
    """Return the words of a typed text, in lower case without accents; at most 8 of them."""
    return fold(text).split()[:MAX_WORDS]


def has_words(words: list[str]) -> ColumnElement[bool]:
    """Return an SQL expression: whether the name, headline or company contains every word.

    A name also matches if it is typed with other spaces: "n diaye" for Ndiaye.
    """
    return or_(and_(true(), *map(_has_word, words)), *_begins_joined(words))


def begins_name(words: list[str]) -> ColumnElement[bool]:
    """Return an SQL expression: whether every word begins a word of the name."""
    return or_(and_(true(), *map(_begins_word, words)), *_begins_joined(words))


def is_beginning_of(name: str, words: list[str]) -> bool:
    """Return whether every word begins a word of a name, as `begins_name` does in SQL."""
    stored, folded = searchable_name(name), f" {fold(name)}"
    keys = [(_joined([word]), word) for word in words]
    whole = _joined(words)
    return bool(whole and f" {whole}" in stored) or all(
        f" {key}" in stored if key else f" {word}" in folded for key, word in keys
    )


def ranking(viewer_id: int, words: list[str]) -> list[ColumnElement[int]]:
    """Return the SQL expressions by which members are sorted who match these words.

    Members come first whose name has a word that begins with each typed word. Of these, and of
    the others, connections of the viewer come first, then those whose name begins with the first
    word. The viewer comes last. Append what decides between equals, such as the name.
    """
    order = [Member.id != viewer_id, begins_name(words), _is_connected(viewer_id)]
    if key := _joined(words[:1]):
        order.append(Member.name_words.startswith(f" {key}"))
    return [case((each, literal(0)), else_=literal(1)) for each in order]


def _has_word(word: str) -> ColumnElement[bool]:
    """Return whether a word is a part of the name or work, or begins a word that has a hyphen."""
    parts = [
        each.contains(word, autoescape=True) for each in (Member.name_folded, Member.work_folded)
    ]
    key = _joined([word])
    begun = (Member.name_words, Member.work_words) if key else ()
    return or_(*parts, *(each.contains(f" {key}") for each in begun))


def _begins_word(word: str) -> ColumnElement[bool]:
    if key := _joined([word]):
        return Member.name_words.contains(f" {key}")
    name = Member.name_folded
    return or_(name.startswith(word, autoescape=True), name.contains(f" {word}", autoescape=True))


def _begins_joined(words: list[str]) -> list[ColumnElement[bool]]:
    key = _joined(words) if len(words) > 1 else ""
    return [Member.name_words.contains(f" {key}")] if key else []


def _joined(words: list[str]) -> str:
    """Return words without hyphens, apostrophes and spaces, as names are stored; or ""."""
    # Other signs must match as they are. So the result has no wildcards of LIKE.
    text = "".join(words).translate(JOINERS)
    return text if text == "".join(words_of(text)) else ""


def _is_connected(viewer_id: int) -> ColumnElement[bool]:
    mine = aliased(Connection)
    return select(mine.since).where(mine.member_id == viewer_id, mine.peer_id == Member.id).exists()
