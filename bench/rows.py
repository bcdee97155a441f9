"""Insert many members, conversations and messages directly, which is fast."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import Table, insert

from linkmsg.actions.passwords import hash_password
from linkmsg.db import Base
from linkmsg.models import (
    Connection,
    Conversation,
    Member,
    MemberSession,
    Message,
    Participation,
)
from linkmsg.models.folding import fold, searchable_name, searchable_text

PASSWORD = "as quick as we can"
BEGAN = datetime.now(UTC) - timedelta(days=365)
WORDS = (  # noqa: SIM905
    "the a of and to in is we you it for on with that this can will have just about thanks "
    "meeting tomorrow draft budget Thursday proposal team hello sounds good question client "
    "review please send numbers attached quarter hiring Lisbon coffee next week call later"
).split()


class RowWriter:
    """Inserts random rows into an empty database; it chooses their ids, and so reads nothing."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.password_hash = hash_password(PASSWORD)
        self.chance = random.Random(7)
        self.conversation_ids = count(1)
        self.message_ids = count(1)

    def members(self, number: int) -> None:
        """Insert members 1 to `number`, with the addresses member-1@example.com and so on."""
        names = (f"{self.chance.choice(WORDS).title()} Number-{id}" for id in count(1))
        rows = (member_row(id, next(names), self.password_hash) for id in range(1, number + 1))
        insert_rows(self.database, Member, rows)

    def conversations(self, member_id: int, sizes: Mapping[int, int]) -> list[int]:
        """Connect a member to others, and insert conversations of `sizes` messages by member id.

        In every tenth conversation the last message is unread. Return the conversations' ids,
        the one with the newest message last.
        """
        pairs = [(next(self.conversation_ids), other, size) for other, size in sizes.items()]
        insert_rows(
            self.database,
            Connection,
            (tie for _, other, _ in pairs for tie in connection_rows(member_id, other)),
        )
        insert_rows(
            self.database,
            Conversation,
            (conversation_row(id, member_id, other, size) for id, other, size in pairs),
        )
        last: dict[int, int] = {}
        for id, other, size in pairs:
            insert_rows(self.database, Message, self._messages(id, (member_id, other), size, last))
        insert_rows(
            self.database,
            Participation,
            (
                participation_row(
                    id, each, last[id], size, unread=int(each == member_id and id % 10 == 0)
                )
                for id, other, size in pairs
                for each in (member_id, other)
            ),
        )
        return [id for id, _, _ in pairs]

    def sessions(self, number: int) -> None:
        """Insert a sign-in session for each of members 1 to `number`, with token-1 and so on."""
        insert_rows(self.database, MemberSession, (session_row(id) for id in range(1, number + 1)))

    def _messages(
        self, id: int, pair: tuple[int, int], size: int, last: dict[int, int]
    ) -> Iterator[dict[str, Any]]:
        for seq in range(1, size + 1):
            last[id] = next(self.message_ids)
            yield {
                "id": last[id],
                "conversation_id": id,
                "seq": seq,
                "revision": seq,
                "kind": "text",
                "author_id": pair[seq // 2 % 2],
                "nonce": f"bench-{last[id]:012}",
                "body": " ".join(self.chance.choices(WORDS, k=self.chance.randint(2, 24))),
                "created_at": BEGAN + timedelta(minutes=2 * last[id]),
            }


def insert_rows(database: Database, model: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows of a model in batches, so that they need not be in memory at once."""
    table = model.__table__
    assert isinstance(table, Table)
    while batch := list(islice(rows, 10_000)):
        database.execute(insert(table), batch)


def member_row(id: int, name: str, password_hash: str) -> dict[str, Any]:
    return {
        "id": id,
        "email": f"member-{id}@example.com",
        "password_hash": password_hash,
        "name": name,
        "handle": f"member-{id}",
        "headline": "Counts things",
        "name_folded": fold(name),
        "work_folded": "counts things",
        "name_words": searchable_name(name),
        "work_words": searchable_text("counts things"),
        "zone": "Europe/Lisbon",
        "created_at": BEGAN,
    }


def session_row(member_id: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "member_id": member_id,
        "token_digest": MemberSession.digest(f"token-{member_id}"),
        "created_at": now,
        "last_seen_at": now,
        "remember": True,
        "user_agent": "Mozilla/5.0 Firefox/150.0",
        "address": "127.0.0.1",
    }


def connection_rows(one: int, other: int) -> list[dict[str, Any]]:
    return [
        {"member_id": one, "peer_id": other, "since": BEGAN},
        {"member_id": other, "peer_id": one, "since": BEGAN},
    ]


def conversation_row(id: int, one: int, other: int, size: int) -> dict[str, Any]:
    low, high = sorted((one, other))
    numbers = {"last_seq": size, "revision": size, "created_at": BEGAN}
    return {"id": id, "low_id": low, "high_id": high, **numbers}


def participation_row(id: int, member_id: int, last: int, size: int, unread: int) -> dict[str, Any]:
    return {
        "conversation_id": id,
        "member_id": member_id,
        "last_message_id": last,
        "last_read_seq": size - unread,
        "unread": unread,
    }
