"""Finds the places (spans) of a text that match a search: by word, by beginning, or as phrases."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from linkmsg.search.analysis.patterns import ASCII_CHAIN, CHAIN, CONNECTORS
from linkmsg.search.analysis.tokenizer import Token, Tokenizer
from linkmsg.search.expansion import TokenSequence, expand_query, stem_offsets
from linkmsg.search.highlight import passages
from linkmsg.search.query_parser import ParsedQuery

Span = tuple[int, int]
# Tokens that are read at the beginnings of phrases; instead of more, the whole text is read once.
MAX_TOKENS_READ = 200
# Typographic signs between words; an apostrophe is a connector and stays.
SIGNS = re.compile("[\u00a0¡«»¿–—‘“”„…‹›\u202f]")
# What follows an ASCII word that may be part of a longer chain.
CONTINUATION = (
    rf"[{re.escape(''.join(sorted(CONNECTORS | {'#'})))}]|(?<=[0-9]) [0-9]{{3}}(?![A-Za-z0-9])"
)
# After a connector.
CONNECTED = re.compile(f"(?<=[A-Za-z0-9][{''.join(map(re.escape, sorted(CONNECTORS)))}])")


class PhrasePattern(NamedTuple):
    """A phrase to find: for each word its distance from the first word, and its stem (base form).

    `prefix` is the same for a last word that may be unfinished, with its beginning instead of a
    stem; else it is None.
    """

    offsets: tuple[tuple[int, str], ...]
    prefix: tuple[int, str] | None = None

    @property
    def length(self) -> int:
        """Return the distance of the last word from the first, in words."""
        return self.prefix[0] if self.prefix else self.offsets[-1][0]


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
            made.phrases += [side for row in each.phrases for side in _patterns(row)]
            made.phrases += [
                side for row in each.prefix_phrases for side in _patterns(row, is_prefix=True)
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
        plain = text if text.isascii() else SIGNS.sub(" ", text).replace("’", "'")
        if plain.isascii():
            chains, spans = self._ascii_chains(plain), list(self._ascii_phrases(plain, tokenizer))
        elif self._first_stems:
            tokens = list(tokenizer.tokenize(text))
            return _merge([*self._token_spans(tokens), *_phrase_spans(self.phrases, tokens)])
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
        return _merge(spans)

    def _chain_spans(self, chain: str, tokenizer: Tokenizer) -> list[Span]:
        if not (chain.isascii() and chain.isalnum()):
            return self._token_spans(list(tokenizer.tokenize(chain)))
        surface, stem, _ = tokenizer.normalize(chain)  # an ASCII word has one stem and no parts
        return [(0, len(chain))] if self._is_match(surface, (stem,)) else []

    def _is_match(self, surface: str, stems: tuple[str, ...]) -> bool:
        return not self.stems.isdisjoint(stems) or surface.startswith(tuple(self.prefixes))

    def _ascii_chains(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the words of an ASCII text that may match, by their first letters.

        A word that begins a chain (words connected by a hyphen or the like) comes with all of
        it, because the words of a chain written as one may match too.
        """
        for word in self._word_pattern.finditer(text):
            is_first = word.lastindex and not CONNECTED.match(text, word.start())
            yield (ASCII_CHAIN.match(text, word.start()) or word) if is_first else word

    def _ascii_phrases(self, text: str, tokenizer: Tokenizer) -> Iterator[Span]:
        """Yield (start, end) of phrases in an ASCII text, tokenizing only where one may begin."""
        last = max((phrase.length for phrase in self.phrases), default=0)
        words = self._first_word_pattern.finditer(text)
        starts = [
            word.start() for word in words if tokenizer.normalize(word[0])[1] in self._first_stems
        ]
        if len(starts) * (last + 1) > MAX_TOKENS_READ:
            yield from _phrase_spans(self.phrases, list(tokenizer.tokenize(text)))
            return
        remaining = 2 * MAX_TOKENS_READ  # words connected to the last one are read too
        for start in starts:
            tokens = list(islice(_read_until(last, text[start:], tokenizer), remaining))
            remaining -= len(tokens)
            if remaining <= 0:
                yield from _phrase_spans(self.phrases, list(tokenizer.tokenize(text)))
                return
            yield from (
                (start + at, start + end) for at, end in _phrase_spans(self.phrases, tokens)
            )

    @cached_property
    def _first_stems(self) -> set[str]:
        """Return the stems (base forms) of the first words of the searched phrases."""
        return {phrase.offsets[0][1] for phrase in self.phrases}

    @cached_property
    def _first_word_pattern(self) -> re.Pattern[str]:
        return _compile_words(self._first_stems)

    @cached_property
    def _word_pattern(self) -> re.Pattern[str]:
        return _compile_words({*self.stems, *self.prefixes})

    def _token_spans(self, tokens: list[Token]) -> list[Span]:
        """Return (start, end) of each single word that matches."""
        matching = [token for token in tokens if self._is_match(token.surface, token.stems)]
        parts = {token.position for token in matching if not token.is_compound}
        # In `plan.pdf` a part that matches by itself is highlighted without the rest.
        return [
            (token.start, self._end(token))
            for token in matching
            if not (token.is_compound and token.position in parts)
        ]

    def _end(self, token: Token) -> int:
        """Return where to end the highlight: for a pair of letters, after the one that matches."""
        is_first_only = token.first_letter in self.stems and token.stem not in self.stems
        return token.start + 1 if is_first_only else token.end


def _compile_words(beginnings: set[str]) -> re.Pattern[str]:
    """Return a pattern of ASCII words with the same first letters as these; stems keep those.

    Group 1 is set if what follows may belong to the same word or number, as in `e-mail`.
    """
    letters = {each[:1] for each in beginnings if each.isascii()}
    any_letter = "".join(re.escape(each + each.upper()) for each in sorted(letters))
    word = f"[{any_letter}](?<![A-Za-z0-9].)[A-Za-z0-9]*((?={CONTINUATION}))?"
    return re.compile(word) if any_letter else passages.NOTHING


def _patterns(phrase: TokenSequence, *, is_prefix: bool = False) -> Iterator[PhrasePattern]:
    end = phrase[-1]
    prefix = (end.position - phrase[0].position, end.surface) if is_prefix else None
    for offsets in stem_offsets(phrase[:-1] if is_prefix else phrase):
        yield PhrasePattern(offsets, prefix)


def _read_until(last: int, text: str, tokenizer: Tokenizer) -> Iterator[Token]:
    """Yield the tokens of a text up to number `last`, and those connected to it (`e-mail`)."""
    for token in tokenizer.tokenize(text):
        if token.position > last and text[token.start - 1] not in CONNECTORS:
            return
        yield token


def _phrase_spans(phrases: Sequence[PhrasePattern], tokens: list[Token]) -> list[Span]:
    """Return (start, end) of each phrase in a text with these tokens."""
    by_position: dict[int, list[Token]] = {}
    by_stem: dict[str, dict[int, Token]] = {
        stem: {} for phrase in phrases for _, stem in phrase.offsets
    }
    for token in tokens:
        by_position.setdefault(token.position, []).append(token)
        for stem in token.stems:
            if stem in by_stem:
                by_stem[stem].setdefault(token.position, token)
    return [
        span
        for phrase in dict.fromkeys(phrases)
        for span in _spans_of_phrase(phrase, by_stem, by_position)
    ]


def _spans_of_phrase(
    phrase: PhrasePattern,
    by_stem: dict[str, dict[int, Token]],
    by_position: dict[int, list[Token]],
) -> Iterator[Span]:
    """Yield (start, end) of a phrase, word by word at all places where the words before match."""
    first = by_stem[phrase.offsets[0][1]]
    starts, last, distance = list(first), first, 0
    for distance, stem in phrase.offsets[1:]:
        last = by_stem[stem]
        starts = [start for start in starts if start + distance in last]
    for start in starts:
        end = last[start + distance].end
        if phrase.prefix:
            end = _prefix_end(by_position.get(start + phrase.prefix[0], ()), phrase.prefix[1])
        if end:
            yield first[start].start, end


def _prefix_end(tokens: Iterable[Token], beginning: str) -> int:
    """Return the end of the first token that begins like this; 0 if there is none."""
    return next((token.end for token in tokens if token.surface.startswith(beginning)), 0)


def _merge(spans: list[Span]) -> list[Span]:
    """Return the spans in order, without repetitions; overlapping ones become one."""
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
