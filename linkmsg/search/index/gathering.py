"""Collection of postings (which messages contain a term), with few Python operations per term."""

from linkmsg.search.index.postings import join

# Sorted terms, and the value of each.
Run = tuple[list[bytes], list[bytes]]


class Gathering:
    """Collects the postings (messages and positions) of terms from several sources.

    The sources must come in the order of their message numbers, so that postings can be
    concatenated.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._several: dict[bytes, list[bytes]] = {}

    def take(self, known: dict[bytes, bytes]) -> None:
        """Add the terms of the next source, each with its encoded postings."""
        before, several = self._known, self._several
        for term in before.keys() & known.keys():
            if term in several:
                several[term].append(known[term])
            else:
                several[term] = [before[term], known[term]]
        before |= known

    def get(self, term: bytes) -> bytes | None:
        """Return the encoded postings of a term from all sources together; None if none has it."""
        several = self._several.get(term)
        return join(several) if several else self._known.get(term)

    def run(self) -> Run:
        """Return all terms, sorted, and a list with the postings of each from all sources together.

        It changes nothing, so other threads may read at the same time.
        """
        known = self._known | {term: join(several) for term, several in self._several.items()}
        terms = sorted(known)
        return terms, list(map(known.__getitem__, terms))
