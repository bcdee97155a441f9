"""Those a member has conversations with, by what she calls them in a search."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Conversation, Member, Participation
from linkmsg.models.member import OldHandle
from linkmsg.models.people import has_name_prefix
from linkmsg.models.text import fold
from linkmsg.search.query_parser import AT

ME = "me"
# So many people of one name are looked for, and so many are offered where it may mean several.
MOST, OFFERED = 50, 5


def is_herself(member: Member, value: str) -> bool:
    """Whether this means who searches."""
    return value.lower().removeprefix(AT) in {ME, member.handle}


def is_called(member: Member, value: str) -> bool:
    """Whether the words of her own name begin so."""
    words, name = fold(value).split()[:8], f" {fold(member.name)}"
    return bool(words) and all(f" {word}" in name for word in words)


def called(member: Member, value: str) -> list[tuple[int, int]]:
    """The conversations of a member with those who are called so: their ids, and the others'.

    That is the handle, also with an @, or what the words of the name begin with.
    """
    rows = db.session.execute(_called(member, value).add_columns(Conversation.id, Member.id))
    return [(conversation_id, other_id) for conversation_id, other_id in rows]


def meant(member: Member, value: str) -> list[tuple[str, str]]:
    """Some of those whom this may mean: their names and their handles.

    Where it is nothing yet that is anybody else she has a conversation with.
    """
    if is_herself(member, value):
        return []
    asked = _called(member, value).where(Member.id != member.id)
    rows = db.session.execute(asked.add_columns(Member.name, Member.handle).limit(OFFERED))
    hers = [(member.name, member.handle)] if is_called(member, value) else []
    return [*((name, handle) for name, handle in rows), *hers]


def rest_of_name(member: Member, first: str, more: Sequence[str], *, grows: bool = False) -> int:
    """How many of the words behind the first one of a name are words of it, each in whole.

    It is the name of who searches, or of one she has conversations with. The first word may be
    the beginning of one, as it may be where it stands alone; so may the last where it `grows`.
    """
    if not more or first.startswith(AT) or is_herself(member, first):
        return 0
    value = f"{first} {more[0]}"
    asked = _called(member, value).add_columns(Member.name_folded)
    names = [*db.session.scalars(asked), *[fold(member.name)] * is_called(member, value)]
    return max((_leading(more, set(name.split()), grows=grows) for name in names), default=0)


def _leading(more: Sequence[str], name: set[str], *, grows: bool) -> int:
    folded = [fold(word).split() for word in more]
    count = len(list(takewhile(lambda parts: parts and name.issuperset(parts), folded)))
    is_last = grows and count == len(more) - 1 and len(folded[-1]) == 1
    return count + (is_last and any(word.startswith(folded[-1][0]) for word in name))


def _called(member: Member, value: str) -> Select[*tuple[Any, ...]]:
    """What asks for those who are called so, the one she talked to last first."""
    if is_herself(member, value):
        value = AT + member.handle
    peer_id = Conversation.low_id + Conversation.high_id - member.id
    handle = value.lower().removeprefix(AT)
    is_called = or_(Member.handle == handle, _name(value))
    if value.startswith(AT):
        old = OldHandle.current_member(handle, clock.now()).with_only_columns(Member.id)
        is_called = or_(is_called, Member.id.in_(old))
    return (
        select()
        .select_from(Conversation)
        .join(Participation, Participation.conversation_id == Conversation.id)
        .join(Member, Member.id == peer_id)
        .where(Participation.member_id == member.id)
        .where(is_called)
        .order_by(Participation.last_message_id.desc())
        .limit(MOST)
    )


def _name(value: str) -> ColumnElement[bool]:
    """Whether the words of a name begin so: anybody's where there are none yet, but for an @."""
    if not value:
        return true()
    words = [] if value.startswith(AT) else fold(value).split()[:8]
    return and_(*map(has_name_prefix, words)) if words else false()
