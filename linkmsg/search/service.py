"""Searches a member's messages: from the text they typed to a page of highlighted hits."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import current_app

from linkmsg import clock
from linkmsg.models import Member
from linkmsg.search import visibility
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.expansion import is_short_prefix
from linkmsg.search.feed import change_feed
from linkmsg.search.highlight.matches import Matcher, Span
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
    """A page of hits.

    `total` is the number of all hits, at least that many if it is not `is_exact`. `progress` is
    the finished share, from 0 to 1, of an index that is being built. `is_short` tells that
    nothing was found because a word has too few letters to be a prefix.
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
    """Parse a text for a member: on today's date in their time zone, with the names they know.

    With `allow_prefix` the last word may be the beginning of a name.
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
    """Search a member's messages for a text, the newest or the best first. Never raises.

    If nothing is found the last word may be the beginning of a name: `from:bo lind`.

    Args:
        member: who searches.
        text: what they typed.
        best: whether the best hits come first, rather than the newest.
        conversation_id: the only conversation to search, if any.
        cursor: `next_cursor` of the page before; '' and invalid ones give the first page.
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
    """Return the spans of a message that match what a member searched for."""
    tokenizer = _index().tokenizer
    return Matcher.for_query(parse_query(member, text), tokenizer).spans(body, tokenizer)


def _index() -> SearchIndex:
    return cast(SearchIndex, current_app.extensions["linkmsg.search"])


class _PageRequest(NamedTuple):
    """The part of the hits to return."""

    cursor: str
    size: int
    order: Order


class _Search:
    """One search of one member."""

    def __init__(
        self, member: Member, text: str, query: ParsedQuery, conversation_id: int | None
    ) -> None:
        self.member, self.text, self.query = member, text, query
        self.conversation_id, self.index = conversation_id, _index()
        self.tokenizer = self.index.tokenizer
        self.builder = ClauseBuilder(member.id, self.tokenizer)

    def results(self, page: _PageRequest) -> Results:
        """Return the results, without the index if it is damaged or can't be read."""
        state = self.index.state()
        try:
            return self._results(state, page)
        except DamagedIndex:
            self.index.discard(state)
        except OSError as error:
            current_app.logger.error("the index of search can't be read: %s", error.strerror)
        return self._results(EMPTY_STATE, page)

    def _results(self, state: IndexState, page: _PageRequest) -> Results:
        """Return the results of one index state and the messages that it does not hold."""
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
        """Return a page of hits, all of which the member may see by the database."""
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
        """Return what the index finds, and the ids among it that the member may not see."""
        found = searcher.search(query, page.order, page.cursor, page.size, Budget())
        ids = {*found.ids, *found.counted}
        return found, ids - visibility.visible_ids(self.member, ids)

    def _own_conversations(self) -> AnyTerm:
        ids = visibility.conversation_ids(self.member)
        return replace(self.builder.keywords(*map(conversation_keyword, ids)), cost=4)

    def _suggestion(self, query: ParsedQuery, searcher: Searcher) -> str:
        suggester = SpellingSuggester(
            self.builder, searcher, self._is_any_visible, self._written_form
        )
        return suggester.suggest(self.text, query)

    def _written_form(self, text: str, surface: str) -> str:
        """Return how a word is written in the newest message that a text finds, '' if none."""
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

    def _is_any_visible(self, ids: Sequence[int]) -> bool:
        return bool(visibility.visible_ids(self.member, ids))

    def _progress(self) -> float | None:
        """Return the finished share of an index that is being built, None if it only lags."""
        done, target = self.state.checkpoint, self.state.rebuild_target
        is_built = target and done >= target
        if self.last_change - done <= change_feed.MAX_MEMBER_CHANGES or is_built:
            return None
        return done / (target or self.last_change)
