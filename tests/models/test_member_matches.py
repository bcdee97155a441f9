"""Members beside search results: all words match, names rank first, at most three."""

import pytest
from flask import Flask

from linkmsg import clock
from linkmsg.actions import accounts
from linkmsg.db import writing
from linkmsg.models import Degree
from linkmsg.models.member_matches import MemberMatch
from tests import people
from tests.people import Person


def names(person: Person, text: str) -> list[str]:
    """Return the names of the matches of a person's search."""
    return [each.member.name for each in MemberMatch.best(person.member(), text, clock.now())[0]]


@pytest.mark.parametrize("text", ["lindqvist", "LINDQ", "bo lind", "lind bo"])
def test_every_word_must_match_name(inside: Flask, ana: Person, bo: Person, text: str) -> None:
    assert names(ana, text) == ["Bo Lindqvist"]


def test_name_matches_rank_before_work_matches(
    inside: Flask, ana: Person, bo: Person, cy: Person
) -> None:
    member = bo.member()
    with writing():
        member.set_profile(
            name="Bo Lindqvist", headline="Cy of all", company="", place="", about=""
        )
    assert names(ana, "cy") == ["Cy Stranger", "Bo Lindqvist"]
    assert names(bo, "cy") == ["Cy Stranger"], "the viewer is not a match"


def test_wildcards_are_matched_literally(inside: Flask, ana: Person, bo: Person) -> None:
    for text in ("%", "_", "/", "b%o", "B_"):
        assert names(ana, text) == []


def test_three_matches_are_returned_with_degree(
    app: Flask, ana: Person, bo: Person, dee: Person, cy: Person
) -> None:
    with app.app_context():
        found, more = MemberMatch.best(ana.member(), "a", clock.now())
        assert not more
        assert {each.member.name: each.degree for each in found} == {
            "Cy Stranger": Degree.OUT,
            "Dee Duarte": Degree.SECOND,
        }
    for name in ("Ada Keeper", "Abe Keeper"):
        people.join(app, name)
    with app.app_context():
        found, more = MemberMatch.best(ana.member(), "a", clock.now())
        assert (len(found), more) == (3, True)


def test_closed_account_does_not_match(inside: Flask, ana: Person, bo: Person) -> None:
    accounts.disable(bo.member())
    assert names(ana, "lindqvist") == []
