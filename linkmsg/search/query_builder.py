"""Turns a parsed query into a query that the index understands, for one member."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Member, Message, Participation
from linkmsg.search import expansion, people_lookup
from linkmsg.search.clause_builder import ClauseBuilder
from linkmsg.search.date_ranges import DateRange
from linkmsg.search.index import (
    ANY_MESSAGE,
    AllOf,
    AnyOf,
    Clause,
    IndexQuery,
    MessageIdIn,
    Not,
    SentBetween,
    author_keyword,
    conversation_keyword,
    kind_keyword,
)
from linkmsg.search.query_parser import Filter, ParsedQuery, QueryWord

NO_SUCH_PERSON = "You have no conversation with anyone named {}."
NOT_SEARCHABLE = "{} has no letters or digits to search for."
MANY_PEOPLE = "Only your latest {} conversations with people named {} were searched."
MANY_UNREAD = "Only your newest {:,} unread messages were searched."
# The most unread messages that are searched, the newest ones.
MAX_UNREAD = 2000
# The most words after the first one of a name.
MAX_NAME_WORDS = 3


def resolve_names(member: Member, query: ParsedQuery, *, allow_prefix: bool = False) -> ParsedQuery:
    """Return the query with words moved into the filter whose name they belong to.

    In `from:Bo Lindqvist budget` the filter gets *Bo Lindqvist*, and *budget* stays a word. With
    `allow_prefix` the last word may be the beginning of one: `from:Bo Lind`.
    """
    filters, words = list[Filter](), list(query.words)
    for each in query.filters:
        following = each.following_words[:MAX_NAME_WORDS]
        may_grow = allow_prefix and bool(following) and following[-1].is_prefix
        texts = [word.text for word in following]
        count = people_lookup.count_name_words(member, each.value, texts, allow_prefix=may_grow)
        filters.append(_lengthen(each, following[:count]) if count else each)
        words = [word for word in words if word not in following[:count]]
    return replace(query, filters=filters, words=words)


def _lengthen(name: Filter, words: Sequence[QueryWord]) -> Filter:
    value = " ".join([name.value, *(word.text for word in words)])
    return replace(name, value=value, span=(name.span[0], words[-1].span[1]), following_words=())


def build_query(
    member: Member, query: ParsedQuery, builder: ClauseBuilder, conversation_id: int | None
) -> IndexQuery | None:
    """Return the query for the index, or None if the text holds nothing to search for.

    It searches one conversation if an id is given, else all. Sentences for the member, such as
    that nobody has the given name, are appended to `query.notes`.
    """
    made = IndexQuery(builder.keywords(ANY_MESSAGE))
    notes = _add_words(made, query, builder)
    _add_filters(made, member, query, builder)
    if not made.required and not made.excluded:
        query.notes.extend(notes)
        return None
    if conversation_id is not None:
        made.required.append(builder.keywords(conversation_keyword(conversation_id)))
    made.required, made.excluded = _distinct(made.required), _distinct(made.excluded)
    return made


def _add_words(made: IndexQuery, query: ParsedQuery, builder: ClauseBuilder) -> list[str]:
    """Add the conditions of words and phrases to the index query.

    Return a sentence for the member on each word or phrase that can't be searched for, because
    it has no letter or digit.
    """
    words = expansion.expand_words(query, builder.tokenizer)
    expanded = [(word, alternatives, word.text) for word, alternatives in words]
    expanded += [(each, _expand_phrase(each, builder), f'"{each.text}"') for each in query.phrases]
    notes = list[str]()
    for word, alternatives, text in expanded:
        if alternatives:
            clauses = made.excluded if word.is_negated else made.required
            clauses.append(builder.clause(alternatives))
        else:
            notes.append(NOT_SEARCHABLE.format(text[:40]))
    return notes


def _expand_phrase(phrase: QueryWord, builder: ClauseBuilder) -> expansion.Expansion:
    return expansion.expand_phrase(phrase, builder.tokenizer)


def _add_filters(
    made: IndexQuery, member: Member, query: ParsedQuery, builder: ClauseBuilder
) -> None:
    people = defaultdict[str, list[Clause]](list)
    for each in _distinct_filters(query.filters):
        clause = _filter(member, each, query, builder)
        if each.is_negated:
            made.excluded.append(clause)
        elif each.is_person:
            people[each.name].append(clause)
        else:
            made.required.append(clause)
    # A message has one author and one reader: of two people of one operator either will do.
    made.required += [_any_of(clauses) for clauses in people.values()]


def _distinct(clauses: list[Clause]) -> list[Clause]:
    return list(dict.fromkeys(clauses))


def _distinct_filters(filters: list[Filter]) -> Iterable[Filter]:
    """Return the filters, each once even if it was typed in several places of the text."""
    return {(each.name, each.value, each.is_negated): each for each in filters}.values()


def _any_of(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else AnyOf(tuple(clauses))


def _filter(member: Member, each: Filter, query: ParsedQuery, builder: ClauseBuilder) -> Clause:
    if each.dates is not None:
        return _sent_between(each.dates, member.zone)
    if each.name == "has":
        return builder.keywords(kind_keyword(each.value))
    if each.name == "is":
        return _unread(member, query)
    if each.name != "with" and people_lookup.is_self(member, each.value):
        own = builder.keywords(author_keyword(member.id))
        return own if each.name == "from" else Not(own, builder.keywords(ANY_MESSAGE))
    return _people(member, each, query, builder)


def _people(member: Member, each: Filter, query: ParsedQuery, builder: ClauseBuilder) -> Clause:
    found = people_lookup.find_conversations(member, each.value)
    # The member's own name may be meant too, also if they never wrote to themselves.
    includes_self = each.name != "with" and people_lookup.matches_own_name(member, each.value)
    if not found and not includes_self:
        query.notes.append(NO_SUCH_PERSON.format(each.value[:40]))
    if len(found) == people_lookup.MAX_MATCHES:
        query.notes.append(MANY_PEOPLE.format(people_lookup.MAX_MATCHES, each.value[:40]))
    if each.name == "from":
        authors = dict.fromkeys(peer_id for _, peer_id in found)
        if includes_self:
            authors[member.id] = None
        return builder.keywords(*map(author_keyword, authors))
    exchanged = builder.keywords(*(conversation_keyword(id) for id, _ in found))
    if each.name == "with":
        return exchanged
    own = builder.keywords(author_keyword(member.id))
    sent = AllOf((exchanged, own))
    return AnyOf((sent, Not(own, builder.keywords(ANY_MESSAGE)))) if includes_self else sent


def _sent_between(dates: DateRange, zone: str) -> SentBetween:
    return SentBetween(_midnight(dates.first, zone), _midnight(dates.last, zone, following=True))


def _midnight(day: date, zone: str, *, following: bool = False) -> float:
    """Return when a day (or, if `following`, the day after it) begins, in Unix time.

    The first day of the calendar gives minus infinity, and the last ones plus infinity.
    """
    if day == date.min and not following:
        return -math.inf
    if day >= date.max - timedelta(days=2):
        return math.inf
    begins = datetime.combine(day + timedelta(days=int(following)), time(), ZoneInfo(zone))
    return begins.timestamp() if begins.year > 1 else -math.inf


def _unread(member: Member, query: ParsedQuery) -> MessageIdIn:
    unread = (
        select(Message.id)
        .join(Participation, Participation.conversation_id == Message.conversation_id)
        .where(Participation.member_id == member.id, Participation.unread > 0)
        .where(Message.seq > Participation.last_read_seq, Message.author_id != member.id)
        .order_by(Message.id.desc())
        .limit(MAX_UNREAD + 1)
    )
    ids = list(db.session.scalars(unread))
    if len(ids) > MAX_UNREAD:
        query.notes.append(MANY_UNREAD.format(MAX_UNREAD))
    return MessageIdIn(frozenset(ids[:MAX_UNREAD]))
