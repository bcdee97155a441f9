"""Those a member has conversations with, by what she calls them in a search."""

from collections.abc import Sequence

from sqlalchemy import and_, false, or_, select

from linkmsg.db import db
from linkmsg.models import Conversation, Member, Participation
from linkmsg.models.people import name_begins
from linkmsg.models.text import fold

ME = "me"
# So many people of one name are looked for.
MOST = 50


def is_herself(member: Member, value: str) -> bool:
    """Whether this means who searches."""
    return value.lower() in {ME, member.handle}


def is_called(member: Member, value: str) -> bool:
    """Whether the words of her own name begin so."""
    words, name = fold(value).split()[:8], f" {fold(member.name)}"
    return bool(words) and all(f" {word}" in name for word in words)


def called(member: Member, value: str) -> list[tuple[int, int]]:
    """The conversations of a member with those who are called so: their ids, and the others'.

    That is the handle, or what the words of the name begin with.
    """
    if is_herself(member, value):
        value = member.handle
    peer_id = Conversation.low_id + Conversation.high_id - member.id
    words = fold(value).split()[:8]
    name = and_(*map(name_begins, words)) if words else false()
    asked = (
        select(Conversation.id, Member.id)
        .join(Participation, Participation.conversation_id == Conversation.id)
        .join(Member, Member.id == peer_id)
        .where(Participation.member_id == member.id)
        .where(or_(Member.handle == value.lower(), name))
        .order_by(Participation.last_message_id.desc())
        .limit(MOST)
    )
    return [(conversation_id, other_id) for conversation_id, other_id in db.session.execute(asked)]


def has_name(member: Member, first: str, more: Sequence[str]) -> bool:
    """Whether somebody is called so in whole, who searches or one she has conversations with.

    The first word may be the beginning of a name, as it may be where it stands alone.
    """
    value = " ".join([first, *more])
    ids = [other_id for _, other_id in called(member, value)]
    if is_called(member, value):
        ids.append(member.id)
    asked = select(Member.name_folded).where(Member.id.in_(ids))
    wanted = set(fold(" ".join(more)).split())
    names = db.session.scalars(asked) if ids else ()
    return bool(wanted) and any(wanted <= set(name.split()) for name in names)
