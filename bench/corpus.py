"""A place that was used for two years, with as many messages as are wanted.

All is by chance, and the same for the same seed. The members are always as many: with ten times
the messages, each has ten times as many.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from random import Random
from typing import Any

from sqlalchemy import Connection as Database

from bench.prose import KINDS, Prose
from bench.rows import PASSWORD, fill, member, part, talk, ties
from linkmsg.actions.passwords import hash_password
from linkmsg.models import Attachment, Connection, Conversation, Member, Message, Participation
from linkmsg.models.attachment import KIND_LABELS

MEMBERS, TALKS = 2_000, 40_000
HEAVY, SHARE, PEERS = 5, 0.03, 400  # members 1 to 5 each take part in so much of all messages
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
    """The members of a place, who talks with whom and how much, and what they say."""

    def __init__(self, messages: int, seed: int = 7) -> None:
        self.messages, self.chance = messages, Random(seed)
        self.prose = Prose(self.chance)
        self.pairs = self._pairs()
        self.topics = [self.prose.topic() for _ in range(TALKS // 10)]
        self.order = array("L", self._order())

    def sizes(self) -> Counter[int]:
        """How many messages there are in the conversations of each member."""
        return Counter(id for which in self.order for id in self.pairs[which])

    def fill(self, database: Database) -> None:
        """Write the whole place into an empty database of the app's own."""
        password_hash = hash_password(PASSWORD)
        names = [f"{first} {last}" for last in LAST for first in FIRST]
        rows = (
            member(id, name, password_hash) | {"handle": Member.handle_from(name)}
            for id, name in enumerate(names, 1)
        )
        fill(database, Member, rows)
        fill(database, Connection, (tie for pair in self._talking() for tie in ties(*pair)))
        fill(database, Conversation, self._conversations())
        fill(database, Participation, self._participations())
        files: list[dict[str, Any]] = []
        fill(database, Message, self.said(files))
        fill(database, Attachment, iter(files))

    def _pairs(self) -> list[tuple[int, int]]:
        """Who talks with whom: those of the heavy members first, no pair twice."""
        others = range(HEAVY + 1, MEMBERS + 1)
        pairs = [
            (heavy, other)
            for heavy in range(1, HEAVY + 1)
            for other in self.chance.sample(others, PEERS)
        ]
        liked = list(accumulate(self.chance.lognormvariate(0, 0.8) for _ in others))
        known = set(pairs)
        while len(pairs) < TALKS:
            low, high = sorted(self.chance.choices(others, cum_weights=liked, k=2))
            if low != high and (low, high) not in known:
                known.add((low, high))
                pairs.append((low, high))
        return pairs

    def _order(self) -> list[int]:
        """In which conversation each message is: an index of `pairs`."""
        weights = [self.chance.lognormvariate(0, 1.2) for _ in self.pairs]
        for first in range(0, HEAVY * PEERS, PEERS):
            own = slice(first, first + PEERS)
            whole = sum(weights[own])
            weights[own] = [each / whole * SHARE for each in weights[own]]
        rest = slice(HEAVY * PEERS, None)
        whole = sum(weights[rest])
        weights[rest] = [each / whole * (1 - HEAVY * SHARE) for each in weights[rest]]
        return self.chance.choices(range(TALKS), weights, k=self.messages)

    def _talking(self) -> Iterator[tuple[int, int]]:
        """Those of whom something is heard."""
        return (self.pairs[which] for which in sorted(set(self.order)))

    def _conversations(self) -> Iterator[dict[str, Any]]:
        """Those in which something is said."""
        for which, size in sorted(Counter(self.order).items()):
            yield talk(which + 1, *self.pairs[which], size)

    def _participations(self) -> Iterator[dict[str, Any]]:
        sizes = Counter(self.order)
        last = {which: id for id, which in enumerate(self.order, 1)}
        for which in sorted(last):
            for member_id in self.pairs[which]:
                yield part(which + 1, member_id, last[which], sizes[which], unread=0)

    def said(self, files: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The messages in the order in which they were sent; what they carry is put in `files`."""
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
        """The first is sent on the first day and the last on the last, all between 8 and 20."""
        day, part_of_day = divmod(id * DAYS / (self.messages + 1), 1)
        return BEGAN + timedelta(days=day, hours=8 + 12 * part_of_day)

    def _file(self, message: dict[str, Any], number: int) -> dict[str, Any]:
        weights = [often for often, _, _ in KINDS.values()]
        kind = self.chance.choices(list(KINDS), weights)[0]
        _, media_type, ending = KINDS[kind]
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
