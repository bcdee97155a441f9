"""What the database holds, and quick ways to fill it."""

from itertools import cycle

from linkmsg.actions import conversations
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Message, Participation
from tests import people
from tests.people import Person, nonce
from tests.support import upload_requests
from tests.support.upload_requests import key_in


def bodies(person: Person) -> list[str]:
    """All that was ever sent in her place, in order."""
    with person.app.app_context():
        return list(db.session.scalars(db.select(Message.body).order_by(Message.id)))


def nonces(person: Person, body: str) -> list[str | None]:
    """The nonces under which a text was sent."""
    with person.app.app_context():
        return list(db.session.scalars(db.select(Message.nonce).where(Message.body == body)))


def unread(person: Person, conversation_id: int) -> int:
    """How many messages of a conversation she has not read."""
    with person.app.app_context():
        return (
            db.session.execute(*Participation.of(person.member(), conversation_id)).one()[0].unread
        )


def long_talk(one: Person, other: Person, conversation_id: int, until: int) -> list[str]:
    """Let both write in turns until there are so many messages; all texts, in order."""
    with one.app.app_context(), writing():
        conversation = db.session.scalars(*Conversation.locked(conversation_id)).one()
        authors = cycle([one.member(), other.member()])
        for number in range(conversation.last_seq + 1, until + 1):
            text = f"Number {number} " + "and some more words " * (number % 7)
            conversations.add_message(conversation, next(authors), text.strip(), nonce())
    return bodies(one)


def upload(person: Person, *files: tuple[str, bytes]) -> list[str]:
    """Upload files, each its name and bytes, to be sent; their keys."""
    return [key_in(upload_requests.upload(person, data, name)) for name, data in files]


def crowd(person: Person, size: int) -> list[Person]:
    """So many people who have each written to her, the newest last."""
    found = []
    for number in range(size):
        each = people.join(person.app, f"Friend{number:02} Crowd")
        people.connect(person, each)
        people.talk(each, person, f"Hello from {number}")
        found.append(each)
    return found
