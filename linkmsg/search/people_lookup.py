"""Finds the people whom a name in a search (`from:bo`) may mean.

Only members with whom the searching member has a conversation are considered.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Conversation, Member, Participation
from linkmsg.models.folding import words_of
from linkmsg.models.member import OldHandle
from linkmsg.models.people_search import (
    begins_name,
    has_words,
    is_beginning_of,
    ranking,
    search_words,
)
from linkmsg.search.query_parser import HANDLE_PREFIX

SELF = "me"
# The most people of one name that are searched, and that are suggested.
MAX_MATCHES, MAX_SUGGESTIONS = 50, 5
LATEST_FIRST = Participation.last_message_id.desc()


def is_self(member: Member, value: str) -> bool:
    """Return whether a typed name is `me` or the member's own handle, with or without @."""
    return value.lower().removeprefix(HANDLE_PREFIX) in {SELF, member.handle}


def matches_own_name(member: Member, value: str) -> bool:
    """Return whether a typed name may be the member's own: `bo l` for Bo Lindqvist.

    Each typed word must begin a word of the name.
    """
    words = search_words(value)
    return bool(words) and is_beginning_of(member.name, words)


def find_conversations(member: Member, value: str) -> list[tuple[int, int]]:
    """Return the member's conversations with people of a typed name, the latest first.

    Each is (conversation id, id of the other member); there are at most `MAX_MATCHES`. The value
    is a handle, with or without @, or the beginnings of words of a name: `bo l`.
    """
    rows = db.session.execute(_peers(member, value).add_columns(Conversation.id, Member.id))
    return [(conversation_id, peer_id) for conversation_id, peer_id in rows]


def suggest_people(member: Member, value: str) -> list[tuple[str, str]]:
    """Return a few people whom a half-typed name may mean, as (name, handle).

    The best matches come first, of equal ones those of the latest conversations; '' fits all. If
    the member's own name fits, it comes last.
    """
    if is_self(member, value):
        return []
    statement = _peers(member, value).where(Member.id != member.id)
    if value:
        order = ranking(member.id, search_words(value.removeprefix(HANDLE_PREFIX)))
        statement = statement.order_by(None).order_by(*order, LATEST_FIRST)
    rows = db.session.execute(
        statement.add_columns(Member.name, Member.handle).limit(MAX_SUGGESTIONS)
    )
    own = [(member.name, member.handle)] if matches_own_name(member, value) else []
    return [*((name, handle) for name, handle in rows), *own]


def is_in_profile(member: Member, word: str) -> bool:
    """Return whether a word is part of the name, headline or company of someone the member sees.

    Former members count if there is a conversation with them.
    """
    is_seen = or_(Member.closed_at.is_(None), Member.id.in_(Conversation.peers_of(member)))
    found = select(Member.id).where(is_seen, has_words(search_words(word))).limit(1)
    return db.session.scalar(found) is not None


def count_name_words(
    member: Member, first: str, following: Sequence[str], *, allow_prefix: bool = False
) -> int:
    """Return how many of the following words belong to a name that starts with `first`.

    In `from:Bo Lindqvist budget` it is one. The name must be the member's own or that of a
    person they have a conversation with. `first` may be a beginning of a word; the words after
    it must be whole. With `allow_prefix` the very last word may also be a beginning.
    """
    if not following or first.startswith(HANDLE_PREFIX) or is_self(member, first):
        return 0
    value = f"{first} {following[0]}"
    statement = _peers(member, value).add_columns(Member.name)
    names = [*db.session.scalars(statement), *[member.name] * matches_own_name(member, value)]
    return max(
        (_count_leading(following, _parts(name), allow_prefix=allow_prefix) for name in names),
        default=0,
    )


def _parts(name: str) -> set[str]:
    """Return each row of words of a name, without spaces: *o*, *odalaigh* and *dalaigh*."""
    words = words_of(name)
    ends = range(1, len(words) + 1)
    return {"".join(words[start:end]) for end in ends for start in range(end)}


def _count_leading(words: Sequence[str], name: set[str], *, allow_prefix: bool) -> int:
    keys = ["".join(words_of(word)) for word in words]
    count = len(list(takewhile(name.__contains__, keys)))
    is_last = allow_prefix and count == len(words) - 1 and keys[-1] != ""
    return count + (is_last and any(part.startswith(keys[-1]) for part in name))


def _peers(member: Member, value: str) -> Select[*tuple[Any, ...]]:
    """Return a statement that finds a member's conversations with people of a typed name.

    The latest conversation comes first. The caller adds the columns of Conversation and Member.
    """
    if is_self(member, value):
        value = HANDLE_PREFIX + member.handle
    peer_id = Conversation.low_id + Conversation.high_id - member.id
    handle = value.lower().removeprefix(HANDLE_PREFIX)
    matches = or_(Member.handle == handle, _matches_name(value))
    if value.startswith(HANDLE_PREFIX):
        old = OldHandle.current_member(handle, clock.now()).with_only_columns(Member.id)
        matches = or_(matches, Member.id.in_(old))
    return (
        select()
        .select_from(Conversation)
        .join(Participation, Participation.conversation_id == Conversation.id)
        .join(Member, Member.id == peer_id)
        .where(Participation.member_id == member.id)
        .where(matches)
        .order_by(LATEST_FIRST)
        .limit(MAX_MATCHES)
    )


def _matches_name(value: str) -> ColumnElement[bool]:
    """Return the SQL condition that each typed word begins a word of a member's name.

    It is true for an empty value, and false for one that has no words or is a handle with @.
    """
    if not value:
        return true()
    words = [] if value.startswith(HANDLE_PREFIX) else search_words(value)
    return begins_name(words) if words else false()
