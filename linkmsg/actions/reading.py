"""Mark a conversation as read or unread for one member."""

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db, writing
from linkmsg.live import broadcasts
from linkmsg.models import Conversation, Member, Message, Participation, Relationship


def read(reader: Member, conversation_id: int, seq: int) -> None:
    """Mark a conversation as read up to position `seq`; do nothing if it is read that far.

    At the end it updates the unread counts in the reader's open pages, and the read receipt in
    those of the other member, if both share read receipts.
    """
    part, conversation = db.session.execute(*Participation.of(reader, conversation_id)).one()
    if min(seq, conversation.last_seq) <= part.last_read_seq:
        return
    with writing():
        part, conversation = _lock(reader, conversation_id)
        until = max(part.last_read_seq, min(seq, conversation.last_seq))
        newest = _last_seq_of_others(conversation, reader, until)
        has_receipt = newest > part.seen_seq and _shares_reading(reader, conversation)
        _set_last_read(part, until)
        part.seen_seq = max(part.seen_seq, newest)
        if has_receipt:
            part.receipt_seq, part.receipt_at = newest, clock.now()
    broadcasts.read_state_changed(conversation_id, reader.id)
    if has_receipt:
        broadcasts.receipt(conversation, reader.id)


def mark_unread(reader: Member, conversation_id: int) -> None:
    """Mark a conversation as unread, beginning with the last message that somebody else wrote.

    Raises:
        ActionRefused: nobody else has written in it.
    """
    with writing():
        part, conversation = _lock(reader, conversation_id)
        last = _last_seq_of_others(conversation, reader, conversation.last_seq)
        if not last:
            raise ActionRefused("There are no messages to mark as unread.")
        _set_last_read(part, min(part.last_read_seq, last - 1))
    broadcasts.read_state_changed(conversation_id, reader.id)


def _lock(reader: Member, conversation_id: int) -> tuple[Participation, Conversation]:
    conversation = db.session.scalars(*Conversation.locked(conversation_id)).one()
    fresh = {"populate_existing": True}
    participation = Participation.of(reader, conversation_id)
    part, _ = db.session.execute(*participation, execution_options=fresh).one()
    return part, conversation


def _last_seq_of_others(conversation: Conversation, reader: Member, until: int) -> int:
    last_seq = Message.last_seq_of_others(conversation.id, reader.id, until)
    return db.session.scalar(last_seq) or 0


def _shares_reading(reader: Member, conversation: Conversation) -> bool:
    return Relationship.between(reader, conversation.peer_of(reader.id), clock.now()).shares_reading


def _set_last_read(part: Participation, seq: int) -> None:
    unread = db.session.scalar(Message.count_unread(part.conversation_id, part.member_id, seq))
    part.last_read_seq, part.unread = seq, unread or 0
