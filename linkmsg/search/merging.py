"""Segments that stand side by side become one, a little at a time.

What was written last is in many small segments, and each search looks into all of them. A
merge goes on in steps while others write: it holds nothing up, and is only seen at its end.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from linkmsg.search import codec
from linkmsg.search.codec import Segment
from linkmsg.search.columns import Columns
from linkmsg.search.postings import Postings, join

# So many neighbours become one, so each message is written anew once in every level of size.
TOGETHER = 8
# While it is written a merged segment stands apart, where nobody clears away what is not known.
DRAFTS = "merging"

Item = tuple[bytes, bytes]


def choose(segments: Sequence[Segment]) -> list[Segment]:
    """The neighbours to merge next: of the smallest sizes first; none if they are few."""
    sized = [(int(math.log(max(each.count, 1), TOGETHER)), each) for each in segments]
    for level in sorted({each for each, _ in sized}):
        for small, run in groupby(sized, key=lambda each: each[0] <= level):
            found = list(run)
            if small and sum(each == level for each, _ in found) >= TOGETHER:
                return [segment for _, segment in found]
    return []


class Merge:
    """Makes one segment of several; `run` is gone through step by step."""

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
        """Write the segment; it is there when this ends."""
        drafts = self.folder / DRAFTS
        drafts.mkdir(exist_ok=True)
        joined = Columns.join(each.columns(self.folder) for each in self.sources)
        terms = _merged([each.terms(self.folder).all() for each in self.sources])
        if self.left:
            terms = _without(terms, self.left)
        yield from codec.write(drafts, self.made, terms, joined.pack())
        for file in drafts.glob(f"{self.made.segment_id()}.*"):
            file.rename(self.folder / file.name)

    def swap(self, segments: Sequence[Segment]) -> list[Segment]:
        """The segments with the one in the place of the others."""
        sources = [each for each in segments if each in self.sources]
        self.made.hidden = frozenset().union(*(each.hidden for each in sources))
        self.made.purged = self.hidden
        at = segments.index(sources[0])
        return [*segments[:at], self.made, *segments[at + len(sources) :]]


def _merged(several: Sequence[Iterator[list[Item]]]) -> Iterator[Item]:
    """The terms of several segments, each once; what they know of it in their order."""
    for chunk in _chunks(several):
        last, values = chunk[0][0], list[bytes]()
        for term, _, value in chunk:
            if term != last:
                yield last, join(values)
                last, values = term, []
            values.append(value)
        yield last, join(values)


def _chunks(several: Sequence[Iterator[list[Item]]]) -> Iterator[list[tuple[bytes, int, bytes]]]:
    """All terms of several segments by and by, in their order, with the number of the segment.

    A chunk goes as far as the blocks go that were read of each. To sort lists that are sorted
    already is the fastest way to merge them.
    """
    blocks: list[list[Item]] = [[] for _ in several]
    while True:
        for number, rest in enumerate(several):
            blocks[number] = blocks[number] or next(rest, [])
        ends = [block[-1][0] for block in blocks if block]
        if not ends:
            return
        chunk = []
        for number, block in enumerate(blocks):
            cut = bisect_right(block, min(ends), key=itemgetter(0))
            chunk += [(term, number, value) for term, value in block[:cut]]
            blocks[number] = block[cut:]
        chunk.sort()
        yield chunk


def _without(terms: Iterator[Item], hidden: frozenset[int]) -> Iterator[Item]:
    """The terms without the messages that are hidden, and without those that have none then."""
    for term, value in terms:
        left = Postings.of(value).without(hidden)
        if left.numbers:
            yield term, left.pack()
