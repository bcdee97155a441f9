"""Collection of postings by term, with few Python operations per term."""

from linkmsg.search.index.postings import join

# Sorted terms, and the value of each.
Run = tuple[list[bytes], list[bytes]]


class Gathering:
    """Collects the postings of terms from several sources, in document order."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._several: dict[bytes, list[bytes]] = {}

    def take(self, known: dict[bytes, bytes]) -> None:
        """Add the postings of the next source."""
        before, several = self._known, self._several
        for term in before.keys() & known.keys():
            if term in several:
                several[term].append(known[term])
            else:
                several[term] = [before[term], known[term]]
        before |= known

    def get(self, term: bytes) -> bytes | None:
        """Return the joined postings of a term; None if it does not exist."""
        several = self._several.get(term)
        return join(several) if several else self._known.get(term)

    def run(self) -> Run:
        """Return the sorted terms with joined postings; other threads may read meanwhile."""
        known = self._known | {term: join(several) for term, several in self._several.items()}
        terms = sorted(known)
        return terms, list(map(known.__getitem__, terms))
