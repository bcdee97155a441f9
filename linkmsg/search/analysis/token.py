"""Tokens: the words of a text, as the tokenizer yields them."""

from typing import NamedTuple


class Token(NamedTuple):
    """A word of a text: where it stands, and the forms by which it is found.

    `surface` is the word in lower case without accents, `stem` its base form. The word stands
    from character `start` up to but excluding `end`, and is number `position` of the text. A
    compound, such as `e-mail` as *email*, has the position of its first part. `unaccented_stem` is
    the stem that a word with accents has when it is typed without them, '' if that is the same.
    `first_letter` is the first of a pair of letters from a script without spaces, else '';
    it ends at `first_end`. `is_inside` tells that it is a part of the word before it, as *name* in
    `userName`; such parts take the positions from that of the word on.
    """

    surface: str
    stem: str
    start: int
    end: int
    position: int
    is_compound: bool = False
    unaccented_stem: str = ""
    first_letter: str = ""
    first_end: int = 0
    is_inside: bool = False

    @property
    def stems(self) -> tuple[str, ...]:
        """Return all forms of the word under which it is found in the index: one or two."""
        if not (self.unaccented_stem or self.first_letter):
            return (self.stem,)
        return tuple(filter(None, (self.stem, self.unaccented_stem, self.first_letter)))
