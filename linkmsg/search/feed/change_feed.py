"""The change feed: messages in the order of their last change, as entries for the index.

Every new or edited message gets the next number of one sequence, its change number. The index notes
the last one that it holds, so what it lacks are the messages with higher numbers.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, func, select

from linkmsg.db import db
from linkmsg.models import Attachment, Member, Message, Participation
from linkmsg.models.message import TEXT
from linkmsg.search.index import IndexEntry
from linkmsg.search.visibility import is_participant

LAST_CHANGE = select(func.max(Message.change))
# The most changes of all members that a search looks through for unindexed ones, and the most
# changes of one member that it takes.
MAX_SCANNED_CHANGES, MAX_MEMBER_CHANGES = 2000, 300


def last_change() -> int:
    """Return the highest change number of any message, 0 if there are no messages."""
    return db.session.scalar(LAST_CHANGE) or 0


@cache
def _select_columns() -> Select[*tuple[Any, ...]]:
    """Select what is indexed of messages; no objects, since there may be a million rows."""
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


def read_changes(after: int, until: int, size: int) -> list[IndexEntry]:
    """Return the first `size` messages with change numbers above `after`, up to `until`."""
    statement = _select_columns().where(Message.change > after, Message.change <= until)
    rows = list(db.session.execute(statement.order_by(Message.change).limit(size)))
    return _entries(rows, _participants({row.conversation_id for row in rows}))


def unindexed_entries(member: Member, checkpoint: int, last: int) -> tuple[list[IndexEntry], bool]:
    """Return a member's messages that changed after `checkpoint`, the latest change first.

    `checkpoint` is the last change that the index holds, `last` the last in the database. The
    second value is False if some may be missing because there are too many.
    """
    if last == checkpoint:
        return [], True
    # An index that is ahead may be of a database since restored, which reuses numbers: all are new.
    checkpoint = checkpoint if checkpoint < last else 0
    statement = (
        _select_columns()
        .where(Message.change > max(checkpoint, last - MAX_SCANNED_CHANGES), is_participant())
        .order_by(Message.change.desc())
        .limit(MAX_MEMBER_CHANGES + 1)
    )
    rows = list(db.session.execute(statement, {"member": member.id}))
    participants = {row.conversation_id: [member.id] for row in rows}
    entries = _entries(rows[:MAX_MEMBER_CHANGES], participants)
    is_complete = checkpoint >= last - MAX_SCANNED_CHANGES and len(rows) <= MAX_MEMBER_CHANGES
    return entries, is_complete


def _entries(
    rows: list[Row[*tuple[Any, ...]]], participants: dict[int, list[int]]
) -> list[IndexEntry]:
    attachments = _attachments([row.id for row in rows if row.attached])
    return [
        _entry(row, participants.get(row.conversation_id, []), attachments.get(row.id, []))
        for row in rows
    ]


def _participants(conversation_ids: Collection[int]) -> dict[int, list[int]]:
    """Return the member ids of each conversation's participants, by conversation id."""
    found: dict[int, list[int]] = {}
    statement = select(Participation.conversation_id, Participation.member_id)
    statement = statement.where(Participation.conversation_id.in_(conversation_ids))
    statement = statement if conversation_ids else statement.limit(0)
    for conversation_id, member_id in db.session.execute(statement):
        found.setdefault(conversation_id, []).append(member_id)
    return found


def _attachments(message_ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    """Return the (name, kind) of each attachment, as lists by message id, in the order shown."""
    found: dict[int, list[tuple[str, str]]] = {}
    if message_ids:
        statement = select(Attachment.message_id, Attachment.name, Attachment.kind)
        statement = statement.where(Attachment.message_id.in_(message_ids))
        for message_id, name, kind in db.session.execute(statement.order_by(Attachment.place)):
            found.setdefault(message_id or 0, []).append((name, kind))
    return found


def _entry(
    row: Row[*tuple[Any, ...]], participants: list[int], attachments: list[tuple[str, str]]
) -> IndexEntry:
    """Return a message as the index receives it.

    A notice about the conversation gets neither text nor participants, so no search finds it.
    """
    is_text = row.kind == TEXT
    return IndexEntry(
        id=row.id,
        change=row.change,
        conversation_id=row.conversation_id,
        scopes=sorted(participants) if is_text else [],
        author_id=row.author_id or 0,
        at=int(row.created_at.timestamp()),
        text=row.body if is_text else "",
        names=[name for name, _ in attachments],
        kinds=[kind for _, kind in attachments],
    )
