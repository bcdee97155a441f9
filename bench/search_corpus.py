"""Generate two years of messages, of any number, to measure search.

They are random but the same for the same seed. The number of members is fixed: with ten times the
messages, each member has ten times as many.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from random import Random
from typing import Any

from sqlalchemy import Connection as Database

from bench.rows import (
    PASSWORD,
    connection_rows,
    conversation_row,
    insert_rows,
    member_row,
    participation_row,
)
from bench.text_generator import FILE_KINDS, TextGenerator
from linkmsg.actions.passwords import hash_password
from linkmsg.models import Attachment, Connection, Conversation, Member, Message, Participation
from linkmsg.models.attachment import KIND_LABELS

MEMBERS, TALKS = 2_000, 40_000
HEAVY, HEAVY_SHARE, HEAVY_PEERS = (
    5,
    0.03,
    400,
)  # members 1 to 5 each take part in 3 % of all messages
BEGAN, DAYS = datetime(2024, 11, 1, tzinfo=UTC), 730
FIRST = (  # noqa: SIM905
    "Ana Bo Cy Dee Eva Finn Greta Hugo Ines João Kim Lena Maja Nils Olga Pavel Quentin Rosa Søren "
    "Tess Uma Viktor Wanda Xenia Yusuf Zoë Amir Beatriz Chen Daria Elif Farah Goran Hanna Ivan "
    "Jana Kofi Liam Mei Nadia Omar Priya Rafael Sofia Tomás Ulla Vera Wei Yara Zofia"
).split()
LAST = (  # noqa: SIM905
    "Almeida Berg Costa Dias Eriksson Fischer García Haddad Ito Jensen Kowalska Lindqvist Müller "
    "Nowak Okafor Petrov Quist Rossi Silva Tanaka Usman Vasić Weber Xu Yılmaz Zhang Andersson "
    "Bianchi Cohen Dubois Eze Ferrari Gómez Hansen Ivanova Jones Khan Laurent Moreau Núñez"
).split()


class Corpus:
    """Random members, conversations and messages; `fill` writes them into a database."""

    def __init__(self, messages: int, seed: int = 7) -> None:
        self.messages, self.chance = messages, Random(seed)
        self.prose = TextGenerator(self.chance)
        self.pairs = self._pairs()
        self.topics = [self.prose.topic() for _ in range(TALKS // 10)]
        self.order = array("L", self._order())

    def sizes(self) -> Counter[int]:
        """Return the number of messages that each member can read, by member id."""
        return Counter(id for which in self.order for id in self.pairs[which])

    def fill(self, database: Database) -> None:
        """Insert all members, conversations, messages and attachments into an empty database."""
        password_hash = hash_password(PASSWORD)
        names = [f"{first} {last}" for last in LAST for first in FIRST]
        rows = (
            member_row(id, name, password_hash) | {"handle": Member.handle_from(name)}
            for id, name in enumerate(names, 1)
        )
        insert_rows(database, Member, rows)
        insert_rows(
            database,
            Connection,
            (tie for pair in self._talking() for tie in connection_rows(*pair)),
        )
        insert_rows(database, Conversation, self._conversations())
        insert_rows(database, Participation, self._participations())
        files: list[dict[str, Any]] = []
        insert_rows(database, Message, self.message_rows(files))
        insert_rows(database, Attachment, iter(files))

    def _pairs(self) -> list[tuple[int, int]]:
        """Choose which two members have a conversation, beginning with members 1 to HEAVY."""
        others = range(HEAVY + 1, MEMBERS + 1)
        pairs = [
            (heavy, other)
            for heavy in range(1, HEAVY + 1)
            for other in self.chance.sample(others, HEAVY_PEERS)
        ]
        popularity = list(accumulate(self.chance.lognormvariate(0, 0.8) for _ in others))
        known = set(pairs)
        while len(pairs) < TALKS:
            low, high = sorted(self.chance.choices(others, cum_weights=popularity, k=2))
            if low != high and (low, high) not in known:
                known.add((low, high))
                pairs.append((low, high))
        return pairs

    def _order(self) -> list[int]:
        """Choose the conversation of each message, in the order of sending: an index of `pairs`."""
        weights = [self.chance.lognormvariate(0, 1.2) for _ in self.pairs]
        for first in range(0, HEAVY * HEAVY_PEERS, HEAVY_PEERS):
            own = slice(first, first + HEAVY_PEERS)
            whole = sum(weights[own])
            weights[own] = [each / whole * HEAVY_SHARE for each in weights[own]]
        rest = slice(HEAVY * HEAVY_PEERS, None)
        whole = sum(weights[rest])
        weights[rest] = [each / whole * (1 - HEAVY * HEAVY_SHARE) for each in weights[rest]]
        return self.chance.choices(range(TALKS), weights, k=self.messages)

    def _talking(self) -> Iterator[tuple[int, int]]:
        """Return the two member ids of each conversation that has a message."""
        return (self.pairs[which] for which in sorted(set(self.order)))

    def _conversations(self) -> Iterator[dict[str, Any]]:
        """Return a database row for each conversation that has a message."""
        for which, size in sorted(Counter(self.order).items()):
            yield conversation_row(which + 1, *self.pairs[which], size)

    def _participations(self) -> Iterator[dict[str, Any]]:
        sizes = Counter(self.order)
        last = {which: id for id, which in enumerate(self.order, 1)}
        for which in sorted(last):
            for member_id in self.pairs[which]:
                yield participation_row(which + 1, member_id, last[which], sizes[which], unread=0)

    def message_rows(self, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Yield the rows of messages, oldest first; append rows of attachments to `files`."""
        places = [0] * TALKS
        keys = count(1)
        random, pairs, prose = self.chance.random, self.pairs, self.prose
        for id, which in enumerate(self.order, 1):
            places[which] += 1
            author = pairs[which][random() < 0.5]
            sent = {
                "id": id,
                "conversation_id": which + 1,
                "seq": places[which],
                "revision": places[which],
                "change": id,
                "kind": "text",
                "author_id": author,
                "nonce": f"bench-{id:012}",
                "body": prose.body(self.topics[which % len(self.topics)]),
                "attached": "",
                "created_at": self._moment(id),
            }
            if random() < 0.04:
                file = self._file(sent, next(keys))
                files.append(file)
                sent["attached"] = KIND_LABELS.get(file["kind"], (file["name"],))[0]
                if random() < 0.3:
                    sent["body"] = ""
            yield sent

    def _moment(self, id: int) -> datetime:
        """Return when a message was sent: evenly over all days, between 8:00 and 20:00."""
        day, part_of_day = divmod(id * DAYS / (self.messages + 1), 1)
        return BEGAN + timedelta(days=day, hours=8 + 12 * part_of_day)

    def _file(self, message: dict[str, Any], number: int) -> dict[str, Any]:
        weights = [weight for weight, _, _ in FILE_KINDS.values()]
        kind = self.chance.choices(list(FILE_KINDS), weights)[0]
        _, media_type, ending = FILE_KINDS[kind]
        return {
            "key": f"bench-{number:012}",
            "uploader_id": message["author_id"],
            "message_id": message["id"],
            "name": self.prose.file_name(ending),
            "kind": kind,
            "media_type": media_type,
            "size": self.chance.randint(1_000, 5_000_000),
            "digest": f"{number:064x}",
            "created_at": message["created_at"],
        }
