"""Messages as the index is told of them, and those that it does not know yet."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from linkmsg.db import db
from linkmsg.models import Attachment, Conversation, Member, Message, Participation
from linkmsg.models.message import TEXT
from linkmsg.search.draft import Draft
from linkmsg.search.entries import Entry
from linkmsg.search.words import Words

# So many of the last changes of all are looked at, and of hers so many.
LAST, HERS = 2000, 300


def upper() -> int:
    """The number of the last change of all."""
    return db.session.scalar(select(func.max(Message.change))) or 0


def entries(asked: Select[Message, Conversation]) -> list[Entry]:
    """The entries of messages, from a select of messages and conversations."""
    found = list(db.session.execute(asked))
    Attachment.load(message for message, _ in found)
    return [entry_of(message, conversation) for message, conversation in found]


def entry_of(message: Message, conversation: Conversation) -> Entry:
    """What the index is told of a message; of a notice nothing but that it is there."""
    told = message.kind == TEXT
    return Entry(
        id=message.id,
        change=message.change,
        conversation_id=conversation.id,
        scopes=sorted(conversation.member_ids) if told else [],
        author_id=message.author_id or 0,
        at=int(message.created_at.timestamp()),
        text=message.body if told else "",
        names=[each.name for each in message.attachments],
        kinds=[each.kind for each in message.attachments],
    )


def changed(after: int, until: int, size: int) -> list[Entry]:
    """The first of the changes after one number, up to another."""
    asked = (
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.change > after, Message.change <= until)
        .order_by(Message.change)
        .limit(size)
    )
    return entries(asked)


def draft(member: Member, mark: int, last: int, words: Words) -> Draft:
    """The newest of a member's messages that an index does not know that came to a mark."""
    made = Draft(words)
    if last <= mark:
        return made
    part = aliased(Participation)
    asked = (
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(part, part.conversation_id == Message.conversation_id)
        .where(part.member_id == member.id, Message.change > max(mark, last - LAST))
        .order_by(Message.change.desc())
        .limit(HERS)
    )
    for entry in sorted(entries(asked)):
        made.add(entry._replace(scopes=[member.id] if entry.scopes else []))
    return made
