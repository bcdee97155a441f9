"""SQLite's FTS5 as one would first write it: the texts stemmed, and the membership joined."""

import sqlite3
import time
from pathlib import Path

from bench.building import Built
from bench.queries import Query

PAGE = 20
MAKE = """
CREATE VIRTUAL TABLE messages_fts USING fts5(
    body, content='messages', content_rowid='id', tokenize='porter unicode61'
)"""
FILL = "INSERT INTO messages_fts (messages_fts) VALUES ('rebuild')"
SIZE = "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'messages_fts%'"
FIND = """
SELECT m.id, m.conversation_id, m.created_at, a.name,
    snippet(messages_fts, 0, '<mark>', '</mark>', '…', 24)
FROM messages_fts
JOIN messages m ON m.id = messages_fts.rowid
JOIN participations p ON p.conversation_id = m.conversation_id AND p.member_id = :member
JOIN members a ON a.id = m.author_id
WHERE messages_fts MATCH :match AND (:handle = '' OR a.handle = :handle)
ORDER BY {order} DESC LIMIT 20"""
# As one would first write it, all that match is sorted. Who knows FTS5 asks for the order of its
# own rows, and it stops at the twentieth.
FIRST, TUNED = FIND.format(order="m.id"), FIND.format(order="messages_fts.rowid")
FIND_FILES = """
SELECT m.id, m.conversation_id, m.created_at, a.name, substr(m.body, 1, 160)
FROM messages m
JOIN participations p ON p.conversation_id = m.conversation_id AND p.member_id = :member
JOIN members a ON a.id = m.author_id
WHERE EXISTS (SELECT 1 FROM attachments f WHERE f.message_id = m.id) AND m.created_at >= :after
ORDER BY m.id DESC LIMIT 20"""


class FTS5:
    """The other engine, on the same file."""

    def __init__(self, file: Path) -> None:
        self.database = sqlite3.connect(file)

    def build(self) -> Built:
        """Index all messages."""
        began, worked = time.perf_counter(), time.process_time()
        with self.database:
            self.database.execute(MAKE)
            self.database.execute(FILL)
        seconds, processor = time.perf_counter() - began, time.process_time() - worked
        return Built(seconds, processor, self.database.execute(SIZE).fetchone()[0] / 1e6)

    def find(self, query: Query) -> list[int]:
        """The ids of the newest messages that are found, each with what a page shows of it."""
        return self._ids(FIRST, query)

    def find_by_rowid(self, query: Query) -> list[int]:
        """The same in the order in which FTS5 has them."""
        return self._ids(TUNED, query)

    def _ids(self, statement: str, query: Query) -> list[int]:
        values = {
            "member": query.member_id,
            "match": query.match,
            "handle": query.handle,
            "after": query.after,
        }
        rows = self.database.execute(statement if query.match else FIND_FILES, values)
        return [int(row[0]) for row in rows]

    def close(self) -> None:
        self.database.close()
