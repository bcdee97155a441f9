"""Search as a person, run the indexer step by step, and send many messages quickly."""

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

# Each run of an indexer takes about a second. No test needs more runs than this.
MOST_ROUNDS = 1000


def search(person: Person, text: str, **options: Any) -> Results:
    """Search as a person, in a new transaction, so that it sees everything written before."""
    db.session.rollback()
    return find(person.member(), text, **options)


def bodies(person: Person, text: str, **options: Any) -> list[str]:
    """Return the texts of the messages that a person finds, in the order of the results."""
    return [hit.message.body for hit in search(person, text, **options).hits]


class LocalWriter:
    """The process that writes the index files, replaced by one that runs in this process.

    It starts faster, and a test can read its `requests` or make it fail.
    """

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.requests: list[str] = []
        self.desk: Desk | None = None

    @property
    def pid(self) -> int | None:
        """Return this process's id after the first request, before it None."""
        return os.getpid() if self.desk else None

    def request(self, line: bytes, _seconds: float) -> bytes:
        """Answer one request of the indexer; both are JSON."""
        self.desk = self.desk or Desk(self.index.folder, self.index.language)
        sent = json.loads(line)
        self.requests.append(sent["do"])
        return json.dumps(self.desk.answer(sent)).encode()

    def close(self) -> None:
        """Release the lock of the index, so that another writer can open it."""
        if self.desk:
            os.close(self.desk.lock)
            self.desk = None


def local_indexer(index: SearchIndex) -> Indexer:
    """Return an Indexer that writes the index in this process (see LocalWriter)."""
    indexer = Indexer(index)
    indexer.child = LocalWriter(index)
    return indexer


def run_once(indexer: Indexer) -> None:
    """Run an indexer once, in a new transaction, so that it sees everything written before."""
    db.session.rollback()
    indexer.run()


def run_until_done(indexer: Indexer) -> None:
    """Run an indexer until all messages are indexed and the files of the index are merged."""
    for _ in range(MOST_ROUNDS):
        run_once(indexer)
        if not indexer._is_due():
            return
    raise AssertionError("the index is never complete")


def send_many(author: Person, recipient: Person, messages: Sequence[str]) -> int:
    """Send messages from one person to another, and return the id of their conversation.

    The first is sent in the usual way, which creates the conversation. One statement inserts the
    others, which is much faster.
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
    """Change the text of all messages with the text `body`, as if their author had edited them."""
    with writing():
        edited = update(Message).where(Message.body == body)
        db.session.execute(edited.values({"body": new, "change": NextChangeNumber(), **values}))


def leave(person: Person, talk: int) -> None:
    """Delete a person's Participation in the conversation `talk`, so that they can't read it."""
    with writing():
        parts = delete(Participation).where(Participation.conversation_id == talk)
        db.session.execute(parts.where(Participation.member_id == person.id))
