"""The search index: Whoosh segments with keys scoped by member, one writer, many readers.

Other rooms import from this package alone, never from its modules:

- `SearchIndex`: opens and follows an index on disk; its `state()` is an `IndexState`.
- `IndexState.searcher()`: a `Searcher` over a state and a `MemorySegment` of newer messages,
  which answers an `IndexQuery` in an `Order` with `IndexHits`, within a `Budget`.
- Clauses of an `IndexQuery`, made for the keys of one member: `AnyTerm`, `Prefix`, `Phrase`,
  `PrefixPhrase`, `SentBetween`, `MessageIdIn`, and `AnyOf`, `AllOf`, `Not` over other clauses.
- `IndexEntry`: a message as the writer receives it, and what its keys are made of.
- `DamagedIndex` and `BudgetExceeded`: the errors of a search.

The writer process runs `launch.py`, which enters this package without running this file.
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
