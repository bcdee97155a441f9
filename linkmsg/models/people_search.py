"""Finds members by what someone types: which match, and in which order they are listed.

All lists of people use these functions, so that the same text gives the same order everywhere.
"""

from sqlalchemy import ColumnElement, and_, case, literal, or_, select
from sqlalchemy.orm import aliased

from linkmsg.models.connection import Connection
from linkmsg.models.member import Member
from linkmsg.models.text import fold

MAX_WORDS = 8


def search_words(text: str) -> list[str]:
    """Return the words of a typed text, in lower case without accents; at most 8 of them."""
    return fold(text).split()[:MAX_WORDS]


def has_words(words: list[str]) -> list[ColumnElement[bool]]:
    """Return SQL conditions: the name, headline or company contains every word."""
    return [
        or_(
            Member.name_folded.contains(word, autoescape=True),
            Member.work_folded.contains(word, autoescape=True),
        )
        for word in words
    ]


def has_name_prefix(word: str) -> ColumnElement[bool]:
    """Return an SQL expression: whether a word of the name begins with `word`.

    `word` must be in lower case without accents, as `search_words` returns it.
    """
    name = Member.name_folded
    return or_(name.startswith(word, autoescape=True), name.contains(f" {word}", autoescape=True))


def ranking(viewer_id: int, words: list[str]) -> list[ColumnElement[int]]:
    """Return the SQL expressions by which members are sorted who match these words.

    Members come first whose name has a word that begins with each typed word. Of these, and of
    the others, connections of the viewer come first, then those whose name begins with the first
    word. The viewer comes last. Append what decides between equals, such as the name.
    """
    if not words:
        return [_rank(Member.id != viewer_id), _rank(_is_connected(viewer_id))]
    return [
        _rank(Member.id != viewer_id),
        _rank(and_(*map(has_name_prefix, words))),
        _rank(_is_connected(viewer_id)),
        _rank(Member.name_folded.startswith(words[0], autoescape=True)),
    ]


def _rank(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, literal(0)), else_=literal(1))


def _is_connected(viewer_id: int) -> ColumnElement[bool]:
    mine = aliased(Connection)
    return select(mine.since).where(mine.member_id == viewer_id, mine.peer_id == Member.id).exists()
