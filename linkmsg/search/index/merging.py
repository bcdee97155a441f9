"""Merging of segments (parts of the index with some messages each) in small steps.

Every batch of new messages makes a small segment, and a search has to read all segments. So
neighbours are merged into larger ones. The steps run between other writes, and the commit at the
end replaces the old segments by the new one.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from linkmsg.search.index import codec
from linkmsg.search.index.codec import Segment
from linkmsg.search.index.columns import Columns
from linkmsg.search.index.gathering import Gathering, Run
from linkmsg.search.index.postings import Postings, packed_number, the_only

# The number of segments that trigger a merge, so that each document is written once per level of
# size; and the maximum that one merge takes.
TOGETHER, MOST_TOGETHER = 8, 16
# The subfolder for an unfinished merge, which the clean-up of unknown files leaves alone.
DRAFTS = "merging"


def choose(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments to merge next: neighbours of about one size or smaller; [] if too few.

    There must be at least `TOGETHER` of that size. The smallest size with so many is taken; sizes
    are compared by order of magnitude (powers of `TOGETHER`).
    """
    sized = [(int(math.log(max(each.count, 1), TOGETHER)), each) for each in segments]
    for level in sorted({each for each, _ in sized}):
        for small, run in groupby(sized, key=lambda each: each[0] <= level):
            found = list(run)
            if small and sum(each == level for each, _ in found) >= TOGETHER:
                return [segment for _, segment in found[:MOST_TOGETHER]]
    return []


class Merge:
    """A merge of neighbouring segments into one; each step of the iterator `run` does a part."""

    def __init__(self, folder: Path, sources: list[Segment]) -> None:
        self.folder, self.sources = folder, sources
        self.hidden = frozenset().union(*(each.hidden for each in sources))
        purged = frozenset().union(*(each.purged for each in sources))
        self.left = self.hidden - purged
        self.made = Segment(
            base=sources[0].base,
            count=sum(each.count for each in sources),
            newest=max(each.newest for each in sources),
        )

    def run(self) -> Iterator[None]:
        """Write the merged segment, one step for each `next`; its files are complete at the end."""
        drafts = self.folder / DRAFTS
        drafts.mkdir(exist_ok=True)
        joined = Columns.join(each.columns(self.folder) for each in self.sources)
        terms = _merged([each.terms(self.folder).runs() for each in self.sources])
        if self.left:
            terms = _without(terms, self.left)
        yield from codec.write(drafts, self.made, terms, joined.pack())
        for file in drafts.glob(f"{self.made.segment_id()}.*"):
            file.rename(self.folder / file.name)

    def swap(self, segments: Sequence[Segment]) -> list[Segment]:
        """Return the list of segments with the merged one in place of those it was made from.

        Messages that were deleted from these, even during the merge, are marked as deleted in it.
        """
        sources = [each for each in segments if each in self.sources]
        self.made.hidden = frozenset().union(*(each.hidden for each in sources))
        self.made.purged = self.hidden
        at = segments.index(sources[0])
        return [*segments[:at], self.made, *segments[at + len(sources) :]]


def _merged(several: Sequence[Iterator[Run]]) -> Iterator[Run]:
    """Yield the terms of several segments, sorted and unique, with the postings of all segments.

    The result comes in runs (lists of terms and lists of their postings). Each ends at the term up
    to which all segments have been read.
    """
    read: list[Run] = [([], []) for _ in several]
    while True:
        for number, rest in enumerate(several):
            if not read[number][0]:
                read[number] = next(rest, ([], []))
        ends = [terms[-1] for terms, _ in read if terms]
        if not ends:
            return
        gathering, until = Gathering(), min(ends)
        for number, (terms, values) in enumerate(read):
            cut = bisect_right(terms, until)
            gathering.take(dict(zip(terms[:cut], values[:cut], strict=True)))
            read[number] = terms[cut:], values[cut:]
        yield gathering.run()


def _without(runs: Iterator[Run], hidden: frozenset[int]) -> Iterator[Run]:
    """Yield the same terms without the deleted messages, and no term that only these contain."""
    gone = frozenset(map(packed_number, hidden))
    for terms, values in runs:
        left = [_left(value, hidden, gone) for value in values]
        kept = [(term, value) for term, value in zip(terms, left, strict=True) if value]
        yield [term for term, _ in kept], [value for _, value in kept]


def _left(value: bytes, hidden: frozenset[int], gone: frozenset[bytes]) -> bytes:
    """Return the postings of a term without deleted messages; empty bytes if none is left.

    Most terms are in one message only, so that case is decided without decoding.
    """
    if (only := the_only(value)) is not None:
        return b"" if only in gone else value
    left = Postings.of(value).without(hidden)
    return left.pack() if left.numbers else b""
