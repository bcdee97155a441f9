"""What the tests of search share: searching as a person, the index writer, and messages."""

import json
import os
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, update

from linkmsg import clock
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Message, Participation
from linkmsg.models.change_number import NextChangeNumber
from linkmsg.search import Results, find
from linkmsg.search.feed.indexer import Indexer
from linkmsg.search.index.search_index import SearchIndex
from linkmsg.search.index.writer import Desk
from tests import people
from tests.people import Person

# An indexer works for a second at a time. No test gives it more to do than this many times.
MOST_ROUNDS = 1000


def search(person: Person, text: str, **options: Any) -> Results:
    """Search as a person, in a new database snapshot as each request has one."""
    db.session.rollback()
    return find(person.member(), text, **options)


def bodies(person: Person, text: str, **options: Any) -> list[str]:
    """Return the texts of the messages that a person finds, in their order."""
    return [hit.message.body for hit in search(person, text, **options).hits]


class LocalWriter:
    """The index writer, run in this process: it starts at once, and can be made to fail."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.requests: list[str] = []
        self.desk: Desk | None = None

    @property
    def pid(self) -> int | None:
        """Return the number of the process that writes, once it does."""
        return os.getpid() if self.desk else None

    def request(self, line: bytes, _seconds: float) -> bytes:
        """Answer one request of the indexer."""
        self.desk = self.desk or Desk(self.index.folder, self.index.language)
        sent = json.loads(line)
        self.requests.append(sent["do"])
        return json.dumps(self.desk.answer(sent)).encode()

    def close(self) -> None:
        """Let another writer have the index."""
        if self.desk:
            os.close(self.desk.lock)
            self.desk = None


def local_indexer(index: SearchIndex) -> Indexer:
    """Return an indexer whose writer runs in this process."""
    indexer = Indexer(index)
    indexer.child = LocalWriter(index)
    return indexer


def run_once(indexer: Indexer) -> None:
    """Let an indexer work for one turn, in a new database snapshot."""
    db.session.rollback()
    indexer.run()


def run_until_done(indexer: Indexer) -> None:
    """Let an indexer work until the index knows all messages and has merged its segments."""
    for _ in range(MOST_ROUNDS):
        run_once(indexer)
        if not indexer._is_due():
            return
    raise AssertionError("the index is never complete")


def send_many(author: Person, recipient: Person, messages: Sequence[str]) -> int:
    """Send messages by one statement, much faster than one by one; return the conversation's id.

    The first is sent in the usual way: it makes the conversation.
    """
    first, *rest = messages
    talk = people.talk(author, recipient, first)
    with author.app.app_context(), writing():
        conversation = db.session.scalars(*Conversation.locked(talk)).one()
        numbers = {"conversation_id": talk, "author_id": author.id, "created_at": clock.now()}
        last = conversation.last_seq
        rows = [
            numbers | {"body": body, "seq": seq, "revision": conversation.revision + seq - last}
            for seq, body in enumerate(rest, last + 1)
        ]
        db.session.execute(insert(Message), rows)
        conversation.last_seq += len(rest)
        conversation.revision += len(rest)
        newest = db.select(db.func.max(Message.id)).scalar_subquery()
        parts = update(Participation).where(Participation.conversation_id == talk)
        db.session.execute(parts.values(last_message_id=newest))
        others = parts.where(Participation.member_id != author.id)
        db.session.execute(others.values(unread=Participation.unread + len(rest)))
    return talk


def edit_message(body: str, new: str, **values: Any) -> None:
    """Change the text of a message, as an edit does."""
    with writing():
        edited = update(Message).where(Message.body == body)
        db.session.execute(edited.values({"body": new, "change": NextChangeNumber(), **values}))


def leave(person: Person, talk: int) -> None:
    """Remove a person from a conversation."""
    with writing():
        parts = delete(Participation).where(Participation.conversation_id == talk)
        db.session.execute(parts.where(Participation.member_id == person.id))
