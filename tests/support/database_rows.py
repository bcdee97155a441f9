"""Read messages and unread counts from the database, and fill it with conversations."""

from itertools import cycle

from linkmsg.actions import conversations
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Message, Participation
from tests import people
from tests.people import Person, nonce
from tests.support import upload_requests
from tests.support.upload_requests import key_in


def message_bodies(person: Person) -> list[str]:
    """Return the texts of all messages in the database of a person's app, oldest first."""
    with person.app.app_context():
        return list(db.session.scalars(db.select(Message.body).order_by(Message.id)))


def message_nonces(person: Person, body: str) -> list[str | None]:
    """Return the nonces (ids given by the sender's page) of all messages with this text."""
    with person.app.app_context():
        return list(db.session.scalars(db.select(Message.nonce).where(Message.body == body)))


def unread_count(person: Person, conversation_id: int) -> int:
    """Return how many messages of a conversation a person has not read."""
    with person.app.app_context():
        return (
            db.session.execute(*Participation.of(person.member(), conversation_id)).one()[0].unread
        )


def fill_conversation(one: Person, other: Person, conversation_id: int, until: int) -> list[str]:
    """Let two people write in turns until their conversation has `until` messages.

    Return the texts of all messages in the database, oldest first.
    """
    with one.app.app_context(), writing():
        last_seq = db.session.scalars(*Conversation.locked(conversation_id)).one().last_seq
        authors = cycle([one.member(), other.member()])
        for number in range(last_seq + 1, until + 1):
            conversation = conversations.take_numbers(conversation_id)
            text = f"Number {number} " + "and some more words " * (number % 7)
            conversations.add_message(conversation, next(authors), text.strip(), nonce())
    return message_bodies(one)


def upload_files(person: Person, *files: tuple[str, bytes]) -> list[str]:
    """Upload files, each a name and its bytes, without sending them; return their keys."""
    return [key_in(upload_requests.upload(person, data, name)) for name, data in files]


def add_correspondents(person: Person, size: int) -> list[Person]:
    """Create `size` people who are connected to a person and have each sent them a message.

    Return them in the order of their messages, the newest last.
    """
    found = []
    for number in range(size):
        each = people.join(person.app, f"Friend{number:02} Crowd")
        people.connect(person, each)
        people.talk(each, person, f"Hello from {number}")
        found.append(each)
    return found
