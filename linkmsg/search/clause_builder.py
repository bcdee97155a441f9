"""Builds the conditions (clauses) of one member's search.

Each key of the index is a word or keyword with the id of a member who may read the messages
under it, so these clauses can't match anything that is indexed for other members only.
"""

from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.expansion import Expansion, TokenSequence, stem_offsets
from linkmsg.search.index import (
    KEYWORD,
    SURFACE,
    TEXT,
    AnyOf,
    AnyTerm,
    Clause,
    Phrase,
    Prefix,
    PrefixPhrase,
    key_prefix,
)


class ClauseBuilder:
    """Makes clauses (conditions on messages) that use only the index keys of one member.

    `text`, `surface` and `keyword` are the beginnings of these keys: for stems, for words as
    written (in lower case, without accents), and for facts such as the author.
    """

    def __init__(self, member_id: int, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.text, self.surface = key_prefix(TEXT, member_id), key_prefix(SURFACE, member_id)
        self.keyword = key_prefix(KEYWORD, member_id)

    def keywords(self, *keywords: str) -> AnyTerm:
        """Return a clause that matches messages with one of these facts, such as `has:pdf`."""
        return AnyTerm(tuple(self.keyword + keyword.encode() for keyword in keywords))

    def clause(self, expansion: Expansion) -> Clause:
        """Return a clause that matches messages with any word or phrase of an expansion."""
        any_of: list[Clause] = [each for row in expansion.phrases for each in self._phrases(row)]
        any_of += map(self.prefix, expansion.prefixes)
        any_of += map(self.stem, expansion.stems)
        any_of += map(self._prefix_phrase, expansion.prefix_phrases)
        return any_of[0] if len(any_of) == 1 else AnyOf(tuple(any_of))

    def stem(self, token: Token) -> AnyTerm:
        """Return a clause that matches a word in all its forms: *meet* finds *meeting*.

        A word with accents is also found where it is written without them.
        """
        stems = dict.fromkeys((token.stem, token.unaccented_stem or token.stem))
        return AnyTerm(tuple(self.text + stem.encode() for stem in stems), cost=1)

    def prefix(self, token: Token) -> Prefix:
        """Return a clause that matches words which begin with this word or are forms of it."""
        return Prefix(self.surface + token.surface.encode(), self.stem(token).keys)

    def _phrases(self, phrase: TokenSequence) -> tuple[Phrase, ...]:
        return tuple(
            Phrase(
                tuple(self.text + stem.encode() for _, stem in offsets),
                tuple(offset for offset, _ in offsets),
            )
            for offsets in stem_offsets(phrase)
        )

    def _prefix_phrase(self, phrase: TokenSequence) -> PrefixPhrase:
        *_, last = phrase
        heads, offset = self._phrases(phrase[:-1]), last.position - phrase[0].position
        return PrefixPhrase(
            heads, offset, self.surface + last.surface.encode(), self._keys_of_surface
        )

    def _keys_of_surface(self, surface: bytes) -> tuple[bytes, ...]:
        """Return the index keys of a word's stems, given its key as a word as written (surface)."""
        word = self.tokenizer.normalize(surface[len(self.surface) :].decode())
        stems = filter(None, (word.stem, word.unaccented_stem))
        return tuple(self.text + stem.encode() for stem in stems)
