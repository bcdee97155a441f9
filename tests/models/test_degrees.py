"""Degrees in SQL, compared with a breadth-first search of the same network."""

import random
from itertools import combinations

import pytest
from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions import accounts
from linkmsg.db import db, writing
from linkmsg.models import Connection, Degree, Member, Relationship
from linkmsg.models.connection import count_mutual, degree_of
from linkmsg.models.people import PeoplePage, mutual_with, people_matching
from tests import people

SIZE = 12
Network = dict[int, set[int]]


def network(seed: int) -> tuple[Network, set[int]]:
    """Create random members and connections, some accounts closed; inside an app context."""
    chance = random.Random(seed)
    with writing():
        members = [
            Member(
                email=f"m{n}@example.com",
                password_hash="",
                handle=f"member-{n}",
                zone="UTC",
                created_at=clock.now(),
                closed_at=clock.now() if chance.random() < 0.2 else None,
            )
            for n in range(SIZE)
        ]
        for n, member in enumerate(members):
            member.set_profile(name=f"Member {n}", headline="", company="", place="", about="")
        db.session.add_all(members)
        db.session.flush()
        knows: Network = {member.id: set() for member in members}
        for one, other in combinations(knows, 2):
            if chance.random() < 0.14:
                knows[one].add(other)
                knows[other].add(one)
        db.session.add_all(
            Connection(member_id=one, peer_id=other, since=clock.now())
            for one, others in knows.items()
            for other in others
        )
    return knows, {member.id for member in members if member.is_closed}


def steps(knows: Network, closed: set[int], start: int) -> dict[int, int]:
    """Return the distance of each member from `start`; no path leads through a closed account."""
    found, edge = {start: 0}, [start]
    for distance in (1, 2, 3):
        through = [each for each in edge if each == start or each not in closed]
        edge = sorted({peer for each in through for peer in knows[each]} - set(found))
        found |= dict.fromkeys(edge, distance)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_degrees_and_mutual_counts_match_breadth_first_search(inside, seed):
    knows, closed = network(seed)
    for viewer in knows:
        away = steps(knows, closed, viewer)
        degree = degree_of(viewer, Member.id.expression)
        common = count_mutual(viewer, Member.id.expression)
        for other, found, shared in db.session.execute(select(Member.id, degree, common)):
            assert found == away.get(other, int(Degree.OUT)), (viewer, other)
            both = (knows[viewer] & knows[other]) - closed
            assert shared == (0 if other == viewer else len(both))


def test_relationship_and_list_have_same_degree(inside):
    knows, closed = network(99)
    viewer = db.session.get_one(Member, min(set(knows) - closed))
    found = db.session.execute(people_matching(viewer, "", clock.now())).all()
    assert len(found) == SIZE - len(closed)
    for member, degree, *_ in found:
        assert Relationship.between(viewer, member.id, clock.now()).degree == degree


def test_closed_account_does_not_connect_others(inside, ana, bo, dee):
    assert people.relationship(ana, dee).degree is Degree.SECOND
    accounts.disable(bo.member())
    assert people.relationship(ana, dee).degree is Degree.OUT
    assert db.session.scalars(Connection.mutual_members(ana.id, dee.id)).all() == []
    accounts.enable(bo.member())
    assert people.relationship(ana, dee).degree is Degree.SECOND


def test_mutual_connections_list_and_count_agree(inside, ana, bo, dee):
    found = PeoplePage.page_of(mutual_with(ana.member(), dee.member(), clock.now()), 1)
    assert [hit.member.id for hit in found.rows] == [bo.id]
    listed = db.session.scalars(Connection.mutual_members(ana.id, dee.id)).all()
    assert [each.id for each in listed] == [bo.id]
    hit = select(count_mutual(ana.id, Member.id.expression)).where(Member.id == dee.id)
    assert db.session.scalar(hit) == 1


def test_degree_labels():
    assert [degree.label for degree in Degree] == ["", "1st", "2nd", "3rd", ""]
