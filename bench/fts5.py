"""Search with SQLite's full-text index FTS5, to compare linkmsg's search engine with it.

It is used as most would: stemmed texts, and a join that leaves a member's own messages.
"""

import sqlite3
import time
from pathlib import Path

from bench.index_build import IndexBuild
from bench.search_queries import SearchQuery

PAGE_SIZE = 20
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
# The obvious query sorts all matches. Ordered by FTS5's own rowid, it stops after 20 rows.
FIND_PLAIN, FIND_TUNED = FIND.format(order="m.id"), FIND.format(order="messages_fts.rowid")
FIND_FILES = """
SELECT m.id, m.conversation_id, m.created_at, a.name, substr(m.body, 1, 160)
FROM messages m
JOIN participations p ON p.conversation_id = m.conversation_id AND p.member_id = :member
JOIN members a ON a.id = m.author_id
WHERE EXISTS (SELECT 1 FROM attachments f WHERE f.message_id = m.id) AND m.created_at >= :after
ORDER BY m.id DESC LIMIT 20"""


class Fts5Engine:
    """An FTS5 index of the messages, inside linkmsg's database file."""

    def __init__(self, file: Path) -> None:
        self.database = sqlite3.connect(file)

    def build(self) -> IndexBuild:
        """Index all messages, and return the time it took and the size of the index."""
        began, cpu = time.perf_counter(), time.process_time()
        with self.database:
            self.database.execute(MAKE)
            self.database.execute(FILL)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        return IndexBuild(seconds, cpu_seconds, self.database.execute(SIZE).fetchone()[0] / 1e6)

    def find(self, query: SearchQuery) -> list[int]:
        """Return the ids of the 20 newest messages found; SQLite also makes their excerpts."""
        return self._ids(FIND_PLAIN, query)

    def find_by_rowid(self, query: SearchQuery) -> list[int]:
        """Return the same as `find`, faster: sorted by FTS5's rowid, it stops after 20 matches."""
        return self._ids(FIND_TUNED, query)

    def _ids(self, statement: str, query: SearchQuery) -> list[int]:
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
