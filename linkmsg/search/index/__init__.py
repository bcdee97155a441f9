"""The search index of all messages: one process writes its files, the web processes read them.

The index consists of segments: groups of files that hold some messages each and never change once
written. A word is stored under one key for each member who may read the message; the key contains
the member's id, so a search never finds other members' messages. It builds on the library Whoosh.
Other packages import from this package alone, never from its modules:

- `SearchIndex`: opens an index on disk and notices what the writer adds. Its `state()` is an
  `IndexState`: the segments at one moment.
- `IndexState.searcher()`: a `Searcher` over a state and a `MemorySegment` of newer messages.
  It answers an `IndexQuery` in an `Order` with `IndexHits`, within a `Budget` of time.
- Clauses of an `IndexQuery`, made for the keys of one member: `AnyTerm`, `Prefix`, `Phrase`,
  `PrefixPhrase`, `SentBetween`, `MessageIdIn`, and `AnyOf`, `AllOf`, `Not` over other clauses.
- `IndexEntry`: a message as the writer receives it.
- `DamagedIndex` and `BudgetExceeded`: the errors of a search.

The writer process runs `launch.py`, which imports modules of this package without this file.
"""

from linkmsg.search.index.clauses import (
    AllOf,
    AnyOf,
    AnyTerm,
    Clause,
    MessageIdIn,
    Not,
    Phrase,
    Prefix,
    PrefixPhrase,
    SentBetween,
)
from linkmsg.search.index.fields import (
    ANY_MESSAGE,
    FILE,
    KEYWORD,
    SURFACE,
    TEXT,
    IndexEntry,
    author_keyword,
    conversation_keyword,
    key_prefix,
    kind_keyword,
)
from linkmsg.search.index.memory_segment import MemorySegment
from linkmsg.search.index.reading import IndexHits, IndexQuery
from linkmsg.search.index.search_index import (
    EMPTY_STATE,
    WRITER_SCRIPT,
    IndexState,
    SearchIndex,
)
from linkmsg.search.index.searcher import Order, Searcher
from linkmsg.search.index.store import VERSION
from linkmsg.search.index.terms import DamagedIndex
from linkmsg.search.index.view import Budget, BudgetExceeded

__all__ = [
    "ANY_MESSAGE",
    "EMPTY_STATE",
    "FILE",
    "KEYWORD",
    "SURFACE",
    "TEXT",
    "VERSION",
    "WRITER_SCRIPT",
    "AllOf",
    "AnyOf",
    "AnyTerm",
    "Budget",
    "BudgetExceeded",
    "Clause",
    "DamagedIndex",
    "IndexEntry",
    "IndexHits",
    "IndexQuery",
    "IndexState",
    "MemorySegment",
    "MessageIdIn",
    "Not",
    "Order",
    "Phrase",
    "Prefix",
    "PrefixPhrase",
    "SearchIndex",
    "Searcher",
    "SentBetween",
    "author_keyword",
    "conversation_keyword",
    "key_prefix",
    "kind_keyword",
]
