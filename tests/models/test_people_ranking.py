"""People are listed in the same order wherever a member types a name."""

import re

import pytest

from linkmsg import clock
from linkmsg.actions import profile
from linkmsg.actions.profile import Profile
from linkmsg.models.member_matches import LIMIT, MemberMatch
from linkmsg.models.people import PeoplePage, people_matching
from linkmsg.search import suggest_people
from tests import people

# Name, headline, and whether they are connected to Ana.
MEMBERS = [
    ("Bo Lindqvist", "", True),
    ("Aaron Bo", "", False),
    ("Anna Bogart", "", True),
    ("Bo Zimmer", "", False),
    ("Abo Keen", "", True),
    ("Zoe Jumbo", "", False),
    ("Tabo Aden", "", False),
    ("Abe Tall", "Boats and Bo", True),
    ("Abby Tall", "Boats and Bo", False),
    ("Wren O", "", True),
    ("Lin Bo", "Wren", False),
]
# What Ana types, the name of Ana meanwhile, and the members listed, in this order.
ORDERS = [
    (
        *("bo", "Bo Ruiz"),
        [
            *("Bo Lindqvist", "Anna Bogart", "Bo Zimmer", "Aaron Bo", "Lin Bo", "Abe Tall"),
            *("Abo Keen", "Abby Tall", "Tabo Aden", "Zoe Jumbo", "Bo Ruiz"),
        ],
    ),
    ("BO L", "Ana Ruiz", ["Bo Lindqvist", "Lin Bo", "Abe Tall", "Abby Tall"]),
    ("wren", "Ana Wren", ["Wren O", "Lin Bo", "Ana Wren"]),
    ("lin", "Lin Ruiz", ["Bo Lindqvist", "Lin Bo", "Lin Ruiz"]),
    ("tall", "Ana Ruiz", ["Abe Tall", "Abby Tall"]),
    ("a", "Aa Bo", ["Abe Tall", "Abo Keen", "Anna Bogart", "Aaron Bo", "Abby Tall", "Tabo Aden"]),
]


@pytest.fixture
def crowd(app, ana):
    for number, (name, headline, is_connected) in enumerate(MEMBERS):
        person = people.join(app, f"Member{number} Unnamed")
        rename(person, name, headline)
        if is_connected:
            people.connect(ana, person)
    return ana


def rename(person, name, headline=""):
    with person.app.app_context():
        profile.edit(person.member(), Profile(name, person.handle, headline=headline))


def test_every_list_of_people_has_one_order(crowd):
    for text, own, expected in ORDERS:
        rename(crowd, own)
        with crowd.app.app_context():
            me = crowd.member()
            rows = PeoplePage.page_of(people_matching(me, text, clock.now()), 1).rows
            matches, _ = MemberMatch.best(me, text, clock.now())
        listed = [row.member.name for row in rows]
        assert listed[: len(expected)] == expected, text
        others = [name for name in expected if name != own]
        assert [each.member.name for each in matches] == others[:LIMIT], text
        shown = re.findall(
            r'class="name"[^>]*>([^<]+)<', crowd.get(f"/messaging/new?q={text}").text
        )
        assert shown[: len(expected)] == expected, text


def test_suggested_people_have_the_same_order(app, crowd):
    with app.app_context():
        found = PeoplePage.page_of(people_matching(crowd.member(), "bo", clock.now()), 1)
        by_name = {row.member.name: row.member for row in found.rows}
    for name in ("Bo Lindqvist", "Anna Bogart", "Abe Tall"):
        person = people.Person(app, by_name[name].id, name, by_name[name].email, "")
        people.talk(person, crowd, "hello")
    rename(crowd, "Bo Ruiz")
    with app.app_context():
        assert [name for name, _ in suggest_people(crowd.member(), "bo")] == [
            "Bo Lindqvist",
            "Anna Bogart",
            "Bo Ruiz",
        ]
        assert suggest_people(crowd.member(), "")[0][0] == "Abe Tall"
