"""Makes a member's messages that the index does not hold yet searchable.

They are indexed in memory, in a segment (a small index of its own) that is searched together
with the segments on disk. A search runs after each typed letter, so the last ones are cached.
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
    """The messages of a member that the index on disk does not hold as they are now.

    `segment` is a small index of the newest of them, in memory. `ids` also has the messages that
    did not fit into it. `is_complete` tells that no message is missing from it.
    """

    segment: MemorySegment
    ids: frozenset[int]
    is_complete: bool


class UnindexedCache:
    """Indexes messages in memory until the index on disk holds them.

    The last `MAX_CACHED` results are cached, for all threads of the process.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._cached: OrderedDict[Hashable, UnindexedMessages] = OrderedDict()

    def load(
        self, member: Member, checkpoint: int, last_change: int, tokenizer: Tokenizer
    ) -> UnindexedMessages:
        """Return the messages of a member that the index does not hold yet.

        Changes of messages are numbered: `checkpoint` is the last change that the index holds,
        and `last_change` the last in the database.
        """
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
    """Index messages in memory: the first one always, the others while there is time.

    Of those left out, only the ones changed after the checkpoint (the last change that the index
    on disk holds) are counted as missing. The index on disk may already hold the others, since
    it may be newer than what this database session sees.
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
