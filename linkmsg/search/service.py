"""Searches a member's messages: from the text they typed to a page of highlighted hits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import current_app

from linkmsg import clock
from linkmsg.models import Member
from linkmsg.search import people_lookup, visibility
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.expansion import is_short_prefix
from linkmsg.search.feed import change_feed
from linkmsg.search.highlight.matches import Matcher
from linkmsg.search.highlight.phrases import Span
from linkmsg.search.hits import Hit, load_hits
from linkmsg.search.index import (
    EMPTY_STATE,
    AnyTerm,
    Budget,
    DamagedIndex,
    IndexHits,
    IndexQuery,
    IndexState,
    Order,
    Searcher,
    SearchIndex,
    conversation_keyword,
)
from linkmsg.search.query_builder import build_query, resolve_names
from linkmsg.search.query_parser import ParsedQuery, parse
from linkmsg.search.suggestions import SpellingSuggester
from linkmsg.search.unindexed import UnindexedCache

PARTIAL_NOTE = "This search took too long, so some results may be missing."
UNINDEXED_NOTE = "The newest messages are still being indexed, so some results may be missing."
# How often a search is repeated because the index returned messages the member may not see.
MAX_RETRIES = 2


@dataclass(frozen=True)
class Results:
    """A page of found messages (hits), and what the page says about the search.

    `next_cursor` requests the next page. `total` is the number of all hits; unless `is_exact`
    there may be more. `suggestion` is the text with a typing error corrected, or ''. `progress`
    is the finished share, from 0 to 1, of an index that is being built, else None. `is_short`:
    nothing was found, and the unfinished last word has too few letters to match longer words.
    """

    hits: list[Hit] = field(default_factory=list)
    next_cursor: str = ""
    total: int = 0
    is_exact: bool = True
    query: ParsedQuery = field(default_factory=ParsedQuery)
    suggestion: str = ""
    progress: float | None = None
    is_short: bool = False


def parse_query(member: Member, text: str, *, allow_prefix: bool = False) -> ParsedQuery:
    """Return a typed search in words, phrases and filters, as one member means it.

    Dates are relative to today in their time zone, and names of several words are those of
    people they have conversations with. With `allow_prefix` the last word of the text may be the
    beginning of a word of a name.
    """
    today = clock.now().astimezone(ZoneInfo(member.zone)).date()
    return resolve_names(member, parse(text, today=today), allow_prefix=allow_prefix)


def find(
    member: Member,
    text: str,
    *,
    best: bool = False,
    conversation_id: int | None = None,
    cursor: str = "",
    size: int = 20,
) -> Results:
    """Search a member's messages for a text; return a page of hits, newest or best first.

    Invalid texts and a damaged index raise nothing. If nothing is found, the search is repeated
    with the last word as the beginning of a name: `from:bo lind`.

    Args:
        member: who searches.
        text: what they typed.
        best: whether the best hits come first, rather than the newest.
        conversation_id: the only conversation to search, if any.
        cursor: `next_cursor` of the page before; '' or an invalid one gives the first page.
        size: the number of hits of a page.
    """
    page = _PageRequest(cursor, size, Order.BEST if best else Order.NEWEST)
    query = parse_query(member, text)
    results = _Search(member, text, query, conversation_id).results(page)
    if results.total or not any(each.following_words for each in query.filters):
        return results
    longer = parse_query(member, text, allow_prefix=True)
    if longer == query:
        return results
    return _Search(member, text, longer, conversation_id).results(page)


def match_spans(member: Member, text: str, body: str) -> list[Span]:
    """Return the start and end of each place in a message that matches a member's search.

    `text` is what they typed, `body` the text of the message.
    """
    tokenizer = _index().tokenizer
    return Matcher.for_query(parse_query(member, text), tokenizer).spans(body, tokenizer)


def _index() -> SearchIndex:
    return cast(SearchIndex, current_app.extensions["linkmsg.search"])


class _PageRequest(NamedTuple):
    """Which page of the hits to return: after which cursor, how many, and in which order."""

    cursor: str
    size: int
    order: Order


class _Search:
    """One search of one member, by a parsed query; `text` is what they typed."""

    def __init__(
        self, member: Member, text: str, query: ParsedQuery, conversation_id: int | None
    ) -> None:
        self.member, self.text, self.query = member, text, query
        self.conversation_id, self.index = conversation_id, _index()
        self.tokenizer = self.index.tokenizer
        self.builder = ClauseBuilder(member.id, self.tokenizer)

    def results(self, page: _PageRequest) -> Results:
        """Return a page of results.

        If the index is damaged or can't be read, only the latest messages are searched.
        """
        state = self.index.state()
        try:
            return self._results(state, page)
        except DamagedIndex:
            self.index.discard(state)
        except OSError as error:
            current_app.logger.error("the index of search can't be read: %s", error.strerror)
        return self._results(EMPTY_STATE, page)

    def _results(self, state: IndexState, page: _PageRequest) -> Results:
        """Search a state of the index, and the latest messages that it does not hold yet."""
        self.state, self.last_change = state, change_feed.last_change()
        cache = cast(UnindexedCache, current_app.extensions["linkmsg.search.unindexed"])
        self.unindexed = cache.load(self.member, state.checkpoint, self.last_change, self.tokenizer)
        query = replace(self.query, notes=list(self.query.notes))
        index_query = build_query(self.member, query, self.builder, self.conversation_id)
        if index_query is None:
            return Results(query=query, progress=self._progress())
        searcher, found = self._find(index_query, page)
        hits = load_hits(self.member, found.ids, self.query, self.tokenizer)
        progress = self._progress()
        if found.is_partial:
            query.notes.append(PARTIAL_NOTE)
        if not self.unindexed.is_complete and progress is None:
            query.notes.append(UNINDEXED_NOTE)
        is_nothing = not found.total and not found.is_partial and self.unindexed.is_complete
        suggestion = self._suggestion(query, searcher) if is_nothing else ""
        is_exact = found.is_exact and self.unindexed.is_complete
        is_short = not (hits or query.filters) and any(
            is_short_prefix(each, self.tokenizer) for each in query.words
        )
        return Results(
            *(hits, found.next_cursor, found.total, is_exact),
            *(query, suggestion, progress, is_short),
        )

    def _find(self, query: IndexQuery, page: _PageRequest) -> tuple[Searcher, IndexHits]:
        """Return the searcher that was used, and a page of ids of messages the member may see.

        If the index finds messages that they may not see, the search is repeated without these.
        """
        searcher = self.state.searcher(self.unindexed.segment, self.unindexed.ids)
        found, hidden = self._find_once(query, searcher, page)
        for _ in range(MAX_RETRIES):
            if not hidden:
                return searcher, found
            if not query.conversations:
                query.conversations.append(self._own_conversations())
            searcher = searcher.without(hidden)
            found, hidden = self._find_once(query, searcher, page)
        return searcher, found.without(hidden) if hidden else found

    def _find_once(
        self, query: IndexQuery, searcher: Searcher, page: _PageRequest
    ) -> tuple[IndexHits, set[int]]:
        """Return what the index finds, and the ids in it that the member may not see."""
        found = searcher.search(query, page.order, page.cursor, page.size, Budget())
        ids = {*found.ids, *found.counted}
        return found, ids - visibility.visible_ids(self.member, ids)

    def _own_conversations(self) -> AnyTerm:
        ids = visibility.conversation_ids(self.member)
        return replace(self.builder.keywords(*map(conversation_keyword, ids)), cost=4)

    def _suggestion(self, query: ParsedQuery, searcher: Searcher) -> str:
        suggester = SpellingSuggester(
            self.builder, searcher, self._is_any_visible, self._written_form, self._is_in_profile
        )
        return suggester.suggest(self.text, query)

    def _written_form(self, text: str, surface: str) -> str:
        """Return how a word is written in the newest message that a text finds; '' if none.

        `surface` is the word in lower case without accents, and is returned if the message
        differs from it by capitals only.
        """
        query = parse_query(self.member, text)
        index_query = build_query(self.member, query, self.builder, self.conversation_id)
        newest = _PageRequest("", 1, Order.NEWEST)
        ids = self._find(index_query, newest)[1].ids if index_query else []
        for message, _ in visibility.load_messages(self.member, ids):
            body = message.body
            tokens = (each for each in self.tokenizer.tokenize(body) if each.surface == surface)
            written = next((body[token.start : token.end] for token in tokens), surface)
            return surface if written.lower() == surface else written
        return ""

    def _is_in_profile(self, word: str) -> bool:
        return people_lookup.is_in_profile(self.member, word)

    def _is_any_visible(self, ids: Sequence[int]) -> bool:
        return bool(visibility.visible_ids(self.member, ids))

    def _progress(self) -> float | None:
        """Return the finished share of an index that is being built, from 0 to 1.

        None if it is complete but for the latest messages.
        """
        done, target = self.state.checkpoint, self.state.rebuild_target
        is_built = target and done >= target
        if self.last_change - done <= change_feed.MAX_MEMBER_CHANGES or is_built:
            return None
        return done / (target or self.last_change)
