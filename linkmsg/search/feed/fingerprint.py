"""Fingerprints, which tell whether an index was made from this database.

When a database is restored from an older copy, it gives numbers to new messages and changes that
the index knows from lost ones. So the index keeps a fingerprint: facts about its newest message
that never change, and the last change with the message that was changed.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.search.feed import change_feed
from linkmsg.search.index import IndexEntry

Fingerprint = dict[str, Any]


def fingerprint_of(entries: Sequence[IndexEntry], before: Fingerprint) -> Fingerprint:
    """Return the fingerprint of an index that also holds these messages; `before` if none."""
    if not entries:
        return before
    newest = max([before.get("newest", 0), *(each.id for each in entries)])
    last = max(entries, key=lambda each: each.change)
    return {"newest": newest, "is": _immutable_facts(newest), "last": [last.id, last.change]}


def matches_database(checkpoint: int, fingerprint: Fingerprint) -> bool:
    """Return whether an index was made from this database, as far as its fingerprint tells.

    `checkpoint` is the number of the last change that the index holds.
    """
    if checkpoint > change_feed.last_change():
        return False
    if not fingerprint:
        return True
    message_id, change = fingerprint["last"]
    current = db.session.scalar(select(Message.change).where(Message.id == message_id))
    if current is None or current < change:
        return False
    return bool(_immutable_facts(fingerprint["newest"]) == fingerprint["is"])


def _immutable_facts(message_id: int) -> list[Any]:
    """Return what never changes of a message, such as its author; an empty list if it is gone."""
    columns = select(Message.conversation_id, Message.seq, Message.author_id, Message.created_at)
    row = db.session.execute(columns.where(Message.id == message_id)).one_or_none()
    return [*row[:3], row.created_at.isoformat()] if row else []
