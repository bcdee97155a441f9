"""Finds the places (spans) of a text that match a search: by word, by beginning, or as phrases."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from linkmsg.models.folding import normalized_with_places
from linkmsg.search.analysis.patterns import ASCII_CHAIN, CHAIN
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.expansion import expand_query
from linkmsg.search.highlight import passages
from linkmsg.search.highlight.ascii_words import CONNECTED, AsciiWords, stems_of
from linkmsg.search.highlight.phrases import (
    PhrasePattern,
    Span,
    patterns,
    phrase_spans,
    read_until,
)
from linkmsg.search.query_parser import ParsedQuery

# Tokens that are read at the beginnings of phrases; instead of more, the whole text is read once.
MAX_TOKENS_READ = 200
# Typographic signs between words; apostrophes and hyphens are of ASCII in the normal form.
SIGNS = re.compile("[\u00a0¡«»¿—“”„…‹›\u202f]")


@dataclass
class Matcher:
    """Finds what matches a search, in one text after another.

    A word matches if its stem (base form) is in `stems` or if it begins with one of `prefixes`.
    `cache` has the spans in each word already seen, since most words occur often on a page.
    `sequences` are all words and phrases of the search, to choose the passage of a long text.
    """

    stems: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    phrases: list[PhrasePattern] = field(default_factory=list)
    sequences: list[Sequence[Token]] = field(default_factory=list)
    cache: dict[str, list[Span]] = field(default_factory=dict)

    @classmethod
    def for_query(cls, query: ParsedQuery, tokenizer: Tokenizer) -> "Matcher":
        """Return a matcher for the words and phrases of a query, without the excluded ones."""
        made = cls()
        for each in expand_query(query, tokenizer):
            singles = (*each.stems, *each.prefixes)
            stems = ((token.stem, token.unaccented_stem) for token in singles)
            made.stems |= {stem for both in stems for stem in both if stem}
            made.prefixes |= {token.surface for token in each.prefixes}
            made.phrases += [side for row in each.phrases for side in patterns(row)]
            made.phrases += [
                side for row in each.prefix_phrases for side in patterns(row, is_prefix=True)
            ]
            made.sequences += [*each.phrases, *each.prefix_phrases]
            made.sequences += [[token] for token in singles]
        return made

    @cached_property
    def passage_pattern(self) -> re.Pattern[str]:
        """Return the pattern by which `passages.best_passage` roughly finds matches."""
        return passages.compile_pattern(self.sequences)

    def spans(self, text: str, tokenizer: Tokenizer) -> list[Span]:
        """Return all matches in a text as (start, end), in order and without overlaps."""
        if not (self.stems or self.prefixes or self._first_stems):
            return []
        normal = normalized_with_places(text)
        return _merge([normal.original(*each) for each in self._spans(normal.text, tokenizer)])

    def _spans(self, text: str, tokenizer: Tokenizer) -> list[Span]:
        """Return all matches in a text that is in its normal form."""
        plain = text if text.isascii() else SIGNS.sub(" ", text)
        if plain.isascii():
            chains, spans = self._ascii_chains(plain), list(self._ascii_phrases(plain, tokenizer))
        elif self._first_stems:
            tokens = list(tokenizer.tokenize_normalized(text))
            return [*self._token_spans(tokens), *phrase_spans(self.phrases, tokens)]
        else:
            chains, spans = CHAIN.finditer(text), []
        cache = self.cache
        for chain in chains:
            written = chain[0]
            if (inside := cache.get(written)) is None:
                inside = cache[written] = self._chain_spans(written, tokenizer)
            if inside:
                at = chain.start()
                spans += [(at + first, at + last) for first, last in inside]
        return spans

    def _chain_spans(self, chain: str, tokenizer: Tokenizer) -> list[Span]:
        if chain.isascii() and chain.isalnum():
            word = tokenizer.normalize(chain)  # an ASCII word has one stem
            if not word.divisions:
                return [(0, len(chain))] if self._is_match(word.surface, (word.stem,)) else []
        return self._token_spans(list(tokenizer.tokenize_normalized(chain)))

    def _is_match(self, surface: str, stems: tuple[str, ...]) -> bool:
        return not self.stems.isdisjoint(stems) or surface.startswith(tuple(self.prefixes))

    def _ascii_chains(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the words of an ASCII text that may match, by their first letters.

        A word that begins a chain (words connected by a hyphen or the like) comes with all of
        it, because the words of a chain written as one may match too.
        """
        for word in self._words.find(text):
            is_first = word.lastindex and not CONNECTED.match(text, word.start())
            yield (ASCII_CHAIN.match(text, word.start()) or word) if is_first else word

    def _ascii_phrases(self, text: str, tokenizer: Tokenizer) -> Iterator[Span]:
        """Yield (start, end) of phrases in an ASCII text, tokenizing only where one may begin."""
        last = max((phrase.length for phrase in self.phrases), default=0)
        starts = [
            word.start()
            for word in self._first_words.find(text)
            if not self._first_stems.isdisjoint(stems_of(word, tokenizer))
        ]
        if len(starts) * (last + 1) > MAX_TOKENS_READ:
            yield from phrase_spans(self.phrases, list(tokenizer.tokenize_normalized(text)))
            return
        remaining = 2 * MAX_TOKENS_READ  # words connected to the last one are read too
        for start in starts:
            tokens = list(islice(read_until(last, text[start:], tokenizer), remaining))
            remaining -= len(tokens)
            if remaining <= 0:
                yield from phrase_spans(self.phrases, list(tokenizer.tokenize_normalized(text)))
                return
            yield from ((start + at, start + end) for at, end in phrase_spans(self.phrases, tokens))

    @cached_property
    def _first_stems(self) -> set[str]:
        """Return the stems (base forms) of the first words of the searched phrases."""
        return {phrase.offsets[0][1] for phrase in self.phrases}

    @cached_property
    def _first_words(self) -> AsciiWords:
        return AsciiWords(self._first_stems)

    @cached_property
    def _words(self) -> AsciiWords:
        return AsciiWords({*self.stems, *self.prefixes})

    def _token_spans(self, tokens: list[Token]) -> list[Span]:
        """Return (start, end) of each single word that matches."""
        matching = [token for token in tokens if self._is_match(token.surface, token.stems)]
        parts = {
            token.position: token.surface
            for token in matching
            if not (token.is_compound or token.is_inside)
        }
        # In `plan.pdf` a part that matches by itself is highlighted without the rest.
        return [
            (token.start, self._end(token))
            for token in matching
            if not (token.is_compound and self._is_part_enough(token, parts.get(token.position)))
        ]

    def _is_part_enough(self, compound: Token, first: str | None) -> bool:
        """Return whether a compound matches only by a prefix that its first part has too."""
        if first is None or not self.stems.isdisjoint(compound.stems):
            return False
        prefixes = [each for each in self.prefixes if compound.surface.startswith(each)]
        return all(map(first.startswith, prefixes))

    def _end(self, token: Token) -> int:
        """Return where to end the highlight: for a pair of letters, after the one that matches."""
        is_first_only = token.first_letter in self.stems and token.stem not in self.stems
        return token.first_end if is_first_only else token.end


def _merge(spans: list[Span]) -> list[Span]:
    """Return the spans in order, without repetitions; overlapping ones become one."""
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
