"""Query expansion: lists the words and phrases that count as a match for each typed one.

*e-mail*, for example, matches the phrase *e mail* and the word *email*. Both the index query and
the highlighter are made from this list, so that what was found is also highlighted.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, pairwise
from operator import or_

from linkmsg.models.folding import normalized
from linkmsg.search.analysis.token import Token
from linkmsg.search.analysis.tokenizer import Tokenizer
from linkmsg.search.analysis.unspaced import is_unspaced
from linkmsg.search.analysis.variants import spelling_variants
from linkmsg.search.query_parser import ParsedQuery, QueryWord

# The last word of a query is a prefix from this many letters on.
MIN_PREFIX = 3

TokenSequence = tuple[Token, ...]


@dataclass(frozen=True)
class Expansion:
    """What one typed word or phrase matches; any one of the alternatives is enough.

    `stems` match words with the same stem (base form), `prefixes` also words that begin like
    them. `phrases` match words in this order. The last word of a phrase in `prefix_phrases` may
    be unfinished.
    """

    stems: TokenSequence = ()
    prefixes: TokenSequence = ()
    phrases: tuple[TokenSequence, ...] = ()
    prefix_phrases: tuple[TokenSequence, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.stems or self.prefixes or self.phrases or self.prefix_phrases)

    def __or__(self, other: "Expansion") -> "Expansion":
        return Expansion(
            self.stems + other.stems,
            self.prefixes + other.prefixes,
            self.phrases + other.phrases,
            self.prefix_phrases + other.prefix_phrases,
        )


def stem_offsets(phrase: TokenSequence) -> list[tuple[tuple[int, str], ...]]:
    """Return a phrase as pairs of a word's distance from the first word and its stem (base form).

    If accents change a stem, there are two versions of the phrase: with accents and without.
    """
    first = phrase[0].position
    accented = tuple((token.position - first, token.stem) for token in phrase)
    unaccented = tuple(
        (token.position - first, token.unaccented_stem or token.stem) for token in phrase
    )
    return [accented] if unaccented == accented else [accented, unaccented]


def expand_query(query: ParsedQuery, tokenizer: Tokenizer) -> list[Expansion]:
    """Return what each word and phrase of a query matches; those after a hyphen are left out."""
    words = [each for word, each in expand_words(query, tokenizer) if not word.is_negated]
    phrases = [expand_phrase(each, tokenizer) for each in query.phrases if not each.is_negated]
    return words + phrases


def expand_words(query: ParsedQuery, tokenizer: Tokenizer) -> Iterator[tuple[QueryWord, Expansion]]:
    """Yield the words of a query, each with what it matches.

    The groups of a number also match where it is written as one: each word of `+49 30 1234567`
    matches *49301234567*.
    """
    whole = defaultdict[QueryWord, Expansion](Expansion)
    for words in _adjacent_words(query.words):
        for group, number in _grouped_numbers(words, tokenizer):
            for word in group:
                whole[word] |= number
    for word in query.words:
        expanded = expand_word(word, tokenizer)
        yield word, expanded | whole[word] if expanded else expanded


def _adjacent_words(words: Sequence[QueryWord]) -> Iterator[list[QueryWord]]:
    """Yield the rows of words that are typed with one space between them."""
    row = list[QueryWord]()
    for word in words:
        if word.is_negated or not row or word.span[0] != row[-1].span[1] + 1:
            yield row
            row = []
        if not word.is_negated:
            row.append(word)
    yield row


def _grouped_numbers(
    words: Sequence[QueryWord], tokenizer: Tokenizer
) -> Iterator[tuple[Sequence[QueryWord], Expansion]]:
    """Yield the words, out of a row, that are the groups of one number, and what it matches."""
    if len(words) < 2 or not any(word.text[-1:].isdigit() for word in words):
        return
    texts = [normalized(word.text) for word in words]
    ends = list(accumulate(len(each) + 1 for each in texts))
    text = " ".join(texts)
    for token in tokenizer.tokenize_normalized(text):
        first, last = bisect_right(ends, token.start), bisect_right(ends, token.end - 1)
        begin = ends[first] - len(texts[first]) - 1
        around = text[begin : token.start] + text[token.end : ends[last] - 1]
        if token.is_compound and first < last and not any(map(str.isalnum, around)):
            yield words[first : last + 1], _single(token, words[last])


def expand_word(word: QueryWord, tokenizer: Tokenizer) -> Expansion:
    """Return what a typed word matches in all its spellings.

    The result is empty (false) if the word has no letter, digit or symbol to search for.
    """
    variants = spelling_variants(word.text, tokenizer.language)
    return reduce(or_, (_expand_spelling(text, word, tokenizer) for text in variants))


def _expand_spelling(text: str, word: QueryWord, tokenizer: Tokenizer) -> Expansion:
    parts, compound = _split(text, tokenizer)
    if not parts:
        return Expansion()
    if len(parts) == 1:
        return _single(parts[0], word) | _divided(text, word, tokenizer)
    as_one = _single(compound, word) if compound else Expansion()
    can_grow = _is_prefix(parts[-1], word) and not is_unspaced(parts[-1].surface)
    return Expansion(as_one.stems, as_one.prefixes, (parts,), (parts,) if can_grow else ())


def _divided(text: str, word: QueryWord, tokenizer: Tokenizer) -> Expansion:
    """Return what a word such as `userName` also matches: its parts next to each other."""
    if text.islower():
        return Expansion()
    inside = [token for token in _tokens(text, tokenizer) if token.is_inside]
    parts = tuple(token._replace(position=at) for at, token in enumerate(inside))
    if len(parts) < 2:
        return Expansion()
    return Expansion(phrases=(parts,), prefix_phrases=(parts,) * _is_prefix(parts[-1], word))


def expand_phrase(phrase: QueryWord, tokenizer: Tokenizer) -> Expansion:
    """Return what a typed phrase matches.

    Without a closing quote the last word may be unfinished: it matches as a prefix, or is
    ignored if it is too short for one.
    """
    parts, _ = _split(phrase.text, tokenizer)
    if len(parts) < 2:
        return _single(parts[0], phrase) if parts else Expansion()
    if not phrase.is_prefix or is_unspaced(parts[-1].surface):
        return Expansion(phrases=(parts,))
    if _is_prefix(parts[-1], phrase):
        return Expansion(phrases=(parts,), prefix_phrases=(parts,))
    return Expansion(phrases=(parts[:-1],))


def is_short_prefix(word: QueryWord, tokenizer: Tokenizer) -> bool:
    """Return whether a word is still being typed, but too short to match words that begin with it.

    The last word of a query needs `MIN_PREFIX` letters for that.
    """
    parts, _ = _split(word.text, tokenizer)
    return bool(parts) and word.is_prefix and not _is_prefix(parts[-1], word)


def _single(token: Token, word: QueryWord) -> Expansion:
    return Expansion(prefixes=(token,)) if _is_prefix(token, word) else Expansion(stems=(token,))


def _is_prefix(token: Token, word: QueryWord) -> bool:
    return word.is_prefix and len(token.surface) >= MIN_PREFIX


def _split(text: str, tokenizer: Tokenizer) -> tuple[TokenSequence, Token | None]:
    """Split a typed word or phrase into tokens: for `e-mail`, *e* and *mail*.

    The second value is the token for all of them written as one (*email*), None if there is
    none.
    """
    tokens = _tokens(text, tokenizer)
    compounds = [token for token in tokens if token.is_compound]
    parts = [token for token in tokens if not (token.is_compound or token.is_inside)]
    # Text without spaces is split into overlapping pairs of letters, and its last letter alone.
    # That one is left out: in a message another letter may follow.
    last_letters = {
        right
        for left, right in pairwise(parts)
        if len(right.surface) == 1 and right.start < left.end and is_unspaced(right.surface)
    }
    parts = [part for part in parts if part not in last_letters]
    ends = (parts[0].start, parts[-1].end) if parts else (0, 0)
    whole = next((each for each in compounds if (each.start, each.end) == ends), None)
    return tuple(parts), whole


def _tokens(text: str, tokenizer: Tokenizer) -> list[Token]:
    return list(tokenizer.tokenize_normalized(normalized(text)))
