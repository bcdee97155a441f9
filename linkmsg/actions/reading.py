"""Reading, and putting back to unread."""

from sqlalchemy import func, select

from linkmsg.actions.faults import Refused
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Member, Message, Participation


def read(reader: Member, conversation_id: int, seq: int) -> None:
    """Read a conversation up to a message; what was read further stays read."""
    part, conversation = db.session.execute(Participation.of(reader, conversation_id)).one()
    if min(seq, conversation.last_seq) <= part.last_read_seq:
        return
    with writing():
        part, conversation = _locked(reader, conversation_id)
        _move(part, max(part.last_read_seq, min(seq, conversation.last_seq)))


def mark_unread(reader: Member, conversation_id: int) -> None:
    """Put a conversation back to unread: its last message from somebody else counts again.

    Raises:
        Refused: nobody else has written in it.
    """
    with writing():
        part, _ = _locked(reader, conversation_id)
        last = db.session.scalar(
            select(func.max(Message.seq)).where(
                Message.conversation_id == conversation_id, Message.author_id != reader.id
            )
        )
        if last is None:
            raise Refused("Nobody has written to you here yet, so there is nothing to mark unread.")
        _move(part, min(part.last_read_seq, last - 1))


def _locked(reader: Member, conversation_id: int) -> tuple[Participation, Conversation]:
    conversation = db.session.scalars(Conversation.locked(conversation_id)).one()
    part, _ = db.session.execute(
        Participation.of(reader, conversation_id).execution_options(populate_existing=True)
    ).one()
    return part, conversation


def _move(part: Participation, seq: int) -> None:
    part.last_read_seq = seq
    part.unread = (
        db.session.scalar(Message.count_unread(part.conversation_id, part.member_id, seq)) or 0
    )
