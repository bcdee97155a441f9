"""Whether the index is of this database, and of no later state of it.

A database can be restored from an older copy, and then gives numbers out again that the index
has read. So the index keeps, with its mark, what is known of two messages: of the newest what
never changes, and of the one that changed last that it had changed so often.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.search.feed import change_feed
from linkmsg.search.index.fields import Entry

Witness = dict[str, Any]


def witness_of(entries: Sequence[Entry], before: Witness) -> Witness:
    """What is kept with a mark: of the messages told up to it, and of those told before."""
    if not entries:
        return before
    newest = max([before.get("newest", 0), *(each.id for each in entries)])
    last = max(entries, key=lambda each: each.change)
    return {"newest": newest, "is": _lasting(newest), "last": [last.id, last.change]}


def holds(mark: int, witness: Witness) -> bool:
    """Whether what was kept with a mark is so in this database."""
    if mark > change_feed.upper():
        return False
    if not witness:
        return True
    message_id, change = witness["last"]
    now = db.session.scalar(select(Message.change).where(Message.id == message_id))
    return now is not None and now >= change and _lasting(witness["newest"]) == witness["is"]


def _lasting(message_id: int) -> list[Any]:
    """What no edit changes of a message."""
    asked = select(Message.conversation_id, Message.seq, Message.author_id, Message.created_at)
    row = db.session.execute(asked.where(Message.id == message_id)).one_or_none()
    return [*row[:3], row.created_at.isoformat()] if row else []
