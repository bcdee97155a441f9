"""What a word or a phrase of a search may match: said once, for who finds and for who marks."""

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_

from linkmsg.search.analysis.tokenizer import Word, Words, is_unspaced
from linkmsg.search.analysis.variants import spellings
from linkmsg.search.query_parser import Asked
from linkmsg.search.query_parser import QueryWord as Typed

# From so many letters on the last word may go on.
PREFIX = 3

Row = tuple[Word, ...]


@dataclass(frozen=True)
class Expansion:
    """Any of these: words in their forms, words that begin so, and words side by side.

    The last word of a growing row is the beginning of one.
    """

    stems: Row = ()
    beginnings: Row = ()
    rows: tuple[Row, ...] = ()
    growing: tuple[Row, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.beginnings or self.rows or self.growing)

    def __or__(self, other: "Expansion") -> "Expansion":
        return Expansion(
            self.stems + other.stems,
            self.beginnings + other.beginnings,
            self.rows + other.rows,
            self.growing + other.growing,
        )


def ways(row: Row) -> list[tuple[tuple[int, str], ...]]:
    """Words as they stand side by side: how far each is behind the first, and its stem.

    Their stems are with their accents, or all without.
    """
    first = row[0].place
    accented = tuple((word.place - first, word.stem) for word in row)
    plain = tuple((word.place - first, word.plain or word.stem) for word in row)
    return [accented] if plain == accented else [accented, plain]


def all_sought(asked: Asked, words: Words) -> list[Expansion]:
    """What the words and phrases of a search may match, but for those that must not be there."""
    wanted = [word(each, words) for each in asked.words if not each.negated]
    return wanted + [phrase(each, words) for each in asked.phrases if not each.negated]


def word(typed: Typed, words: Words) -> Expansion:
    """What one word may match, in any of its spellings; nothing if nothing in it is a word."""
    ways = (_word(text, typed, words) for text in spellings(typed.text, words.language))
    return reduce(or_, ways)


def _word(text: str, typed: Typed, words: Words) -> Expansion:
    parts, whole = _parts(text, words)
    if not parts:
        return Expansion()
    if len(parts) == 1:
        return _alone(parts[0], typed)
    together = _alone(whole, typed) if whole else Expansion()
    growing = (parts,) if _grows(parts[-1], typed) and not is_unspaced(parts[-1].surface) else ()
    return Expansion(together.stems, together.beginnings, (parts,), growing)


def phrase(typed: Typed, words: Words) -> Expansion:
    """What a phrase may match; one without an end goes on, from three letters of its last word."""
    parts, _ = _parts(typed.text, words)
    if len(parts) < 2:
        return _alone(parts[0], typed) if parts else Expansion()
    if not typed.prefix or is_unspaced(parts[-1].surface):
        return Expansion(rows=(parts,))
    if _grows(parts[-1], typed):
        return Expansion(rows=(parts,), growing=(parts,))
    return Expansion(rows=(parts[:-1],))


def is_short(typed: Typed, words: Words) -> bool:
    """Whether its last word would go on if it had more letters."""
    parts, _ = _parts(typed.text, words)
    return bool(parts) and typed.prefix and not _grows(parts[-1], typed)


def _alone(word: Word, typed: Typed) -> Expansion:
    return Expansion(beginnings=(word,)) if _grows(word, typed) else Expansion(stems=(word,))


def _grows(word: Word, typed: Typed) -> bool:
    return typed.prefix and len(word.surface) >= PREFIX


def _parts(text: str, words: Words) -> tuple[Row, Word | None]:
    """The words of what was typed, and the one that they are together, if all are."""
    found = list(words.of(text))
    wholes = [word for word in found if word.whole]
    parts = [word for word in found if not word.whole]
    # The last letter of a row of pairs is no word to ask for: what follows it is not known.
    ends = {
        right
        for left, right in pairwise(parts)
        if len(right.surface) == 1 and right.start < left.end and is_unspaced(right.surface)
    }
    parts = [part for part in parts if part not in ends]
    covered = len(wholes) == 1 and wholes[0].end == parts[-1].end and not wholes[0].place
    return tuple(parts), wholes[0] if covered else None
