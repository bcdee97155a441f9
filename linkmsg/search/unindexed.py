"""What a member said or was told that the index does not know yet, ready to be searched."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from threading import Lock

from linkmsg.models import Member
from linkmsg.search.analysis.tokenizer import Words
from linkmsg.search.feed import change_feed
from linkmsg.search.index.draft import Draft
from linkmsg.search.index.fields import Entry
from linkmsg.search.index.view import Budget, View

# Of what is not known so many characters are read for one search, for so many seconds.
CHARACTERS, SECONDS = 100_000, 0.05
# The drafts of so many members are kept, for who types asks at each letter.
KEPT = 32


@dataclass(frozen=True)
class Pending:
    """A draft of the newest of it; `ids` are of all of it, `whole` if all of it was read."""

    draft: Draft
    ids: frozenset[int]
    whole: bool

    def view(self) -> View:
        """The draft as it is searched."""
        draft, newest = self.draft, max(self.ids, default=0)
        return View(draft, draft.columns, draft.base, newest, frozenset(), frozenset())


class Drafts:
    """Makes drafts, and keeps those that were made last; used by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, Pending] = OrderedDict()

    def of(self, member: Member, mark: int, last: int, words: Words) -> Pending:
        """What an index that came to a mark does not know of a member's messages."""
        entries, whole = change_feed.pending(member, mark, last)
        key = (member.id, words.language, tuple(_told(entry) for entry in entries))
        with self._lock:
            if whole and (found := self._kept.get(key)):
                self._kept.move_to_end(key)
                return found
        made = _made(entries, mark, words, whole=whole)
        if made.whole:
            with self._lock:
                self._kept[key] = made
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return made


def _told(entry: Entry) -> Hashable:
    return entry.id, entry.change, entry.text, *entry.names


def _made(entries: Sequence[Entry], mark: int, words: Words, *, whole: bool) -> Pending:
    """The first of these, as long as there is time; always the very first.

    Of the others those count that the index does not know: it may have come further than this
    look into the database.
    """
    draft, budget, length, read = Draft(words), Budget(SECONDS), 0, 0
    for entry in entries:
        length += len(entry.text)
        if read and (length > CHARACTERS or budget.is_over()):
            break
        draft.add(entry)
        read += 1
    unread = [entry.id for entry in entries[read:] if entry.change > mark]
    ids = frozenset([*unread, *(entry.id for entry in entries[:read])])
    return Pending(draft, ids, whole and not unread)
