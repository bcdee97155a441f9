"""Messages as the index is told of them, and those that it does not know yet."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, func, select

from linkmsg.db import db
from linkmsg.models import Attachment, Member, Message, Participation
from linkmsg.models.message import TEXT
from linkmsg.search.index.fields import Entry
from linkmsg.search.visibility import takes_part

LAST_CHANGE = select(func.max(Message.change))
# So many of the last changes of all are looked at, and of hers so many.
LAST, HERS = 2000, 300


def upper() -> int:
    """The number of the last change of all."""
    return db.session.scalar(LAST_CHANGE) or 0


@cache
def _told() -> Select[*tuple[Any, ...]]:
    """What is told of messages; made once, and without objects, for they may be a million."""
    return select(
        Message.id,
        Message.change,
        Message.conversation_id,
        Message.author_id,
        Message.created_at,
        Message.kind,
        Message.body,
        Message.attached,
    )


def changed(after: int, until: int, size: int) -> list[Entry]:
    """The first of the changes after one number, up to another."""
    asked = _told().where(Message.change > after, Message.change <= until)
    rows = list(db.session.execute(asked.order_by(Message.change).limit(size)))
    return _entries(rows, _parts({row.conversation_id for row in rows}))


def pending(member: Member, mark: int, last: int) -> tuple[list[Entry], bool]:
    """The newest of a member's messages that an index does not know that came to a mark.

    What was changed last comes first. The second says whether that is all of them.
    """
    if last == mark:
        return [], True
    # Numbers that were given out again are all new to an index that has come beyond them.
    mark = mark if mark < last else 0
    asked = (
        _told()
        .where(Message.change > max(mark, last - LAST), takes_part())
        .order_by(Message.change.desc())
        .limit(HERS + 1)
    )
    rows = list(db.session.execute(asked, {"member": member.id}))
    entries = _entries(rows[:HERS], {row.conversation_id: [member.id] for row in rows})
    return entries, mark >= last - LAST and len(rows) <= HERS


def _entries(rows: list[Row[*tuple[Any, ...]]], parts: dict[int, list[int]]) -> list[Entry]:
    files = _files([row.id for row in rows if row.attached])
    return [_entry(row, parts.get(row.conversation_id, []), files.get(row.id, [])) for row in rows]


def _parts(ids: Collection[int]) -> dict[int, list[int]]:
    """Who takes part in each of these conversations."""
    found: dict[int, list[int]] = {}
    asked = select(Participation.conversation_id, Participation.member_id)
    asked = asked.where(Participation.conversation_id.in_(ids))
    for conversation_id, member_id in db.session.execute(asked if ids else asked.limit(0)):
        found.setdefault(conversation_id, []).append(member_id)
    return found


def _files(ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """The names and kinds of what messages carry."""
    found: dict[int, list[tuple[str, str]]] = {}
    if ids:
        asked = select(Attachment.message_id, Attachment.name, Attachment.kind)
        asked = asked.where(Attachment.message_id.in_(ids))
        for message_id, name, kind in db.session.execute(asked.order_by(Attachment.place)):
            found.setdefault(message_id or 0, []).append((name, kind))
    return found


def _entry(row: Row[*tuple[Any, ...]], parts: list[int], files: list[tuple[str, str]]) -> Entry:
    """What the index is told of a message; of a notice nothing but that it is there."""
    told = row.kind == TEXT
    return Entry(
        id=row.id,
        change=row.change,
        conversation_id=row.conversation_id,
        scopes=sorted(parts) if told else [],
        author_id=row.author_id or 0,
        at=int(row.created_at.timestamp()),
        text=row.body if told else "",
        names=[name for name, _ in files],
        kinds=[kind for _, kind in files],
    )
