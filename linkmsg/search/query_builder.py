"""A search as clauses: how a text was understood, for one member."""

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
from linkmsg.search.clause_builder import Scope
from linkmsg.search.date_ranges import Days
from linkmsg.search.index.clauses import All, Among, Between, Clause, Either, Not
from linkmsg.search.index.fields import ALL, by, has, within
from linkmsg.search.index.reading import Question
from linkmsg.search.query_parser import Asked, Filter, QueryWord

NOBODY = "You have no conversation with anybody called {}."
NOTHING = "There is nothing in {} that can be searched."
MANY_PEOPLE = "Only the {} called {} were searched whom you talked to last."
MANY_UNREAD = "Only the newest {:,} of what you have not read were searched."
# The newest messages that she has not read, of which so many are looked through.
UNREAD = 2000
# Words behind the first one that a name is made of.
LONGEST_NAME = 3


def named(member: Member, asked: Asked, *, begun: bool = False) -> Asked:
    """The same, with the words that belong to a name put to it: `from:Bo Lindqvist`.

    So are those that only begin one where it is `begun`, if they are the last: `from:Bo Lind`.
    """
    filters, words = list[Filter](), list(asked.words)
    for each in asked.filters:
        behind = each.behind[:LONGEST_NAME]
        grows = begun and bool(behind) and behind[-1].prefix
        texts = [word.text for word in behind]
        more = behind[: people_lookup.rest_of_name(member, each.value, texts, grows=grows)]
        filters.append(_longer(each, more) if more else each)
        words = [word for word in words if word not in more]
    return replace(asked, filters=filters, words=words)


def _longer(name: Filter, more: Sequence[QueryWord]) -> Filter:
    value = " ".join([name.value, *(word.text for word in more)])
    return replace(name, value=value, place=(name.place[0], more[-1].place[1]), behind=())


def question(member: Member, asked: Asked, scope: Scope, inside: int | None) -> Question | None:
    """What is asked of the index; None if that is nothing. What finds nobody is noted."""
    made, nothing = Question(scope.facts(ALL)), list[str]()
    words = [(word, expansion.word(word, scope.words), word.text) for word in asked.words]
    words += [
        (each, expansion.phrase(each, scope.words), f'"{each.text}"') for each in asked.phrases
    ]
    for typed, meant, text in words:
        if not meant:
            nothing.append(NOTHING.format(text[:40]))
        else:
            (made.unwanted if typed.negated else made.wanted).append(scope.clause(meant))
    people = defaultdict[str, list[Clause]](list)
    for each in _once(asked.filters):
        clause = _filter(member, each, asked, scope)
        if each.negated:
            made.unwanted.append(clause)
        elif each.names_somebody:
            people[each.name].append(clause)
        else:
            made.wanted.append(clause)
    # A message has one author and one reader: of two that are named either will do.
    made.wanted += [_either(clauses) for clauses in people.values()]
    if not made.wanted and not made.unwanted:
        asked.notes.extend(nothing)
        return None
    if inside is not None:
        made.wanted.append(scope.facts(within(inside)))
    made.wanted, made.unwanted = _each_once(made.wanted), _each_once(made.unwanted)
    return made


def _each_once(clauses: list[Clause]) -> list[Clause]:
    return list(dict.fromkeys(clauses))


def _once(filters: list[Filter]) -> Iterable[Filter]:
    """Each but once, wherever it stands."""
    return {(each.name, each.value, each.negated): each for each in filters}.values()


def _either(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else Either(tuple(clauses))


def _filter(member: Member, each: Filter, asked: Asked, scope: Scope) -> Clause:
    if each.days is not None:
        return _between(each.days, member.zone)
    if each.name == "has":
        return scope.facts(has(each.value))
    if each.name == "is":
        return _unread(member, asked)
    if each.name != "with" and people_lookup.is_herself(member, each.value):
        hers = scope.facts(by(member.id))
        return hers if each.name == "from" else Not(hers, scope.facts(ALL))
    return _of_people(member, each, asked, scope)


def _of_people(member: Member, each: Filter, asked: Asked, scope: Scope) -> Clause:
    found = people_lookup.called(member, each.value)
    # Who is called so herself may be meant too, also where she never wrote to herself.
    hers = each.name != "with" and people_lookup.is_called(member, each.value)
    if not found and not hers:
        asked.notes.append(NOBODY.format(each.value[:40]))
    if len(found) == people_lookup.MOST:
        asked.notes.append(MANY_PEOPLE.format(people_lookup.MOST, each.value[:40]))
    if each.name == "from":
        authors = dict.fromkeys(other_id for _, other_id in found)
        if hers:
            authors[member.id] = None
        return scope.facts(*map(by, authors))
    said = scope.facts(*(within(conversation_id) for conversation_id, _ in found))
    if each.name == "with":
        return said
    by_her = scope.facts(by(member.id))
    sent = All((said, by_her))
    return Either((sent, Not(by_her, scope.facts(ALL)))) if hers else sent


def _between(days: Days, zone: str) -> Between:
    return Between(_midnight(days.first, zone), _midnight(days.last, zone, following=True))


def _midnight(day: date, zone: str, *, following: bool = False) -> float:
    """When a day begins in a zone, or the next one; the ends of all time are never."""
    if day == date.min and not following:
        return -math.inf
    if day >= date.max - timedelta(days=2):
        return math.inf
    begins = datetime.combine(day + timedelta(days=int(following)), time(), ZoneInfo(zone))
    return begins.timestamp() if begins.year > 1 else -math.inf


def _unread(member: Member, asked: Asked) -> Among:
    unread = (
        select(Message.id)
        .join(Participation, Participation.conversation_id == Message.conversation_id)
        .where(Participation.member_id == member.id, Participation.unread > 0)
        .where(Message.seq > Participation.last_read_seq, Message.author_id != member.id)
        .order_by(Message.id.desc())
        .limit(UNREAD + 1)
    )
    ids = list(db.session.scalars(unread))
    if len(ids) > UNREAD:
        asked.notes.append(MANY_UNREAD.format(UNREAD))
    return Among(frozenset(ids[:UNREAD]))
