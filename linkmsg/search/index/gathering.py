"""What several know of the same terms becomes one, in few steps of Python for each term."""

from linkmsg.search.index.postings import join

# Terms in their order, and what is known of each.
Run = tuple[list[bytes], list[bytes]]


class Gathering:
    """Terms and what is known of each, told by one after the other in the order of messages."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}
        self._several: dict[bytes, list[bytes]] = {}

    def take(self, known: dict[bytes, bytes]) -> None:
        """Take in what the next one knows."""
        before, several = self._known, self._several
        for term in before.keys() & known.keys():
            if term in several:
                several[term].append(known[term])
            else:
                several[term] = [before[term], known[term]]
        before |= known

    def get(self, term: bytes) -> bytes | None:
        """What is known of a term; None if there is none such."""
        several = self._several.get(term)
        return join(several) if several else self._known.get(term)

    def run(self) -> Run:
        """All terms in their order, and what is known of each. Others may ask meanwhile."""
        known = self._known | {term: join(several) for term, several in self._several.items()}
        terms = sorted(known)
        return terms, list(map(known.__getitem__, terms))
