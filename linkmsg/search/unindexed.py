"""A member's messages that the index does not hold yet, as a segment in memory.

Somebody who types searches after each letter, so the latest segments are cached.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock

from linkmsg.models import Member
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.feed import change_feed
from linkmsg.search.index import Budget, IndexEntry, MemorySegment

# The most characters that are analyzed for one search, and the most seconds.
MAX_CHARACTERS, SECONDS = 100_000, 0.05
# The most members whose segments are cached.
MAX_CACHED = 32


@dataclass(frozen=True)
class UnindexedMessages:
    """A segment of the newest unindexed messages.

    `ids` are all unindexed messages, also those that did not fit into the segment; `is_complete`
    whether there are none of these.
    """

    segment: MemorySegment
    ids: frozenset[int]
    is_complete: bool


class UnindexedCache:
    """Analyzes unindexed messages, and caches the last results for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cached: OrderedDict[Hashable, UnindexedMessages] = OrderedDict()

    def load(
        self, member: Member, checkpoint: int, last_change: int, tokenizer: Tokenizer
    ) -> UnindexedMessages:
        """Return a member's messages that an index with this checkpoint does not hold."""
        entries, is_complete = change_feed.unindexed_entries(member, checkpoint, last_change)
        key = (member.id, tokenizer.language, tuple(_identity(entry) for entry in entries))
        with self._lock:
            if is_complete and (cached := self._cached.get(key)):
                self._cached.move_to_end(key)
                return cached
        made = _analyze(entries, checkpoint, tokenizer, is_complete=is_complete)
        if made.is_complete:
            with self._lock:
                self._cached[key] = made
                while len(self._cached) > MAX_CACHED:
                    self._cached.popitem(last=False)
        return made


def _identity(entry: IndexEntry) -> Hashable:
    return entry.id, entry.change, entry.text, *entry.names


def _analyze(
    entries: Sequence[IndexEntry], checkpoint: int, tokenizer: Tokenizer, *, is_complete: bool
) -> UnindexedMessages:
    """Analyze the first entry, and more of them while there is time.

    Of the others only those changed after the checkpoint are unindexed: the index may be ahead
    of this session's view of the database.
    """
    segment, budget, length, count = MemorySegment(tokenizer), Budget(SECONDS), 0, 0
    for entry in entries:
        length += len(entry.text)
        if count and (length > MAX_CHARACTERS or budget.is_over()):
            break
        segment.add(entry)
        count += 1
    skipped = [entry.id for entry in entries[count:] if entry.change > checkpoint]
    ids = frozenset([*skipped, *(entry.id for entry in entries[:count])])
    return UnindexedMessages(segment, ids, is_complete and not skipped)
