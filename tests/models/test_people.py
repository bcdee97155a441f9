"""Lists of people: search, order, pages and the status of each row."""

import pytest

from linkmsg import clock
from linkmsg.actions import profile
from linkmsg.actions.profile import Profile
from linkmsg.models.people import PeoplePage, connections_of, people_matching
from tests import people
from tests.support.relationships import close_account, ignore, invite


@pytest.fixture
def known(app, ana):
    """A person with a headline and a company."""
    return with_profile(people.join(app, "Zoë Müller-Łaska"), "Head of Straße & Öl", "100% Café_X")


def with_profile(person, headline="", company=""):
    with person.app.app_context():
        new = Profile(person.name, person.handle, headline=headline, company=company)
        profile.edit(person.member(), new)
    return person


def first_page(viewer, text):
    with viewer.app.app_context():
        return PeoplePage.page_of(people_matching(viewer.member(), text, clock.now()), 1)


def names(viewer, text):
    return [row.member.name for row in first_page(viewer, text).rows]


@pytest.mark.parametrize(
    "text",
    [
        "Zoë",
        "zoe",
        "ZOE",
        "zo\N{COMBINING DIAERESIS}e",
        "uller",
        "mul",
        "LASKA",
        "łaska",
        "head",
        "STRASSE",
        "straße",
        "ol",
        "cafe",
        "CAFÉ",
        "zoe cafe",
        "cafe zoe head",
        "  zoe \t muller ",
        "100%",
        "%",
        "_",
        "é_x",
    ],
)
def test_search_matches_any_part_without_accents_and_case(ana, known, text):
    assert known.name in names(ana, text)


@pytest.mark.parametrize(
    "text", ["zoe bergman", "z%e", "z_e", "%%", "__", "\\", "caf__x", "100_", "head%oil", "'", '"']
)
def test_search_needs_every_word(ana, known, text):
    assert names(ana, "zoe") == [known.name]
    assert known.name not in names(ana, text)


def test_backslash_is_matched_literally(app, ana):
    odd = with_profile(people.join(app, "Odd Name"), r"C:\Temp")
    assert names(ana, "\\") == names(ana, r":\t") == [odd.name]
    assert names(ana, r"\:") == []


def test_other_scripts_are_matched(app, ana):
    for name in ("李小龍", "Ольга Ёлкина", "Ωmega Νίκος"):
        with app.app_context():
            people.accounts.add_member(f"{len(name)}{ord(name[0])}@example.com", name, "x" * 10)
    assert names(ana, "小龍") == ["李小龍"]
    assert names(ana, "елкина") == ["Ольга Ёлкина"]
    assert names(ana, "νικοσ") == names(ana, "ΝΊΚΟΣ") == ["Ωmega Νίκος"]


def test_best_match_comes_first(app, ana):
    for name, headline in [
        ("Xenia Berg", ""),
        ("Carl Bergman", ""),
        ("Berg", ""),
        ("Berg Olsen", ""),
        ("Ina Steinberg", ""),
        ("Jo Sand", "Lives on a berg"),
    ]:
        with app.app_context():
            made = people.accounts.add_member(f"{name.replace(' ', '')}@x.de", name, "x" * 10)
            profile.edit(made, Profile(name, made.handle, headline=headline))
    assert names(ana, "Berg") == [
        "Berg",
        "Berg Olsen",
        "Carl Bergman",
        "Xenia Berg",
        "Ina Steinberg",
        "Jo Sand",
    ]


def test_connection_comes_before_equal_matches(app, ana, bo, dee, cy):
    far = [people.join(app, f"Aa{n} Stranger") for n in range(2)]
    people.connect(ana, far[1])
    assert names(ana, "stranger") == ["Aa1 Stranger", "Aa0 Stranger", "Cy Stranger"]


def test_pages_list_every_match_once(app, ana, monkeypatch):
    size = 3
    monkeypatch.setattr("linkmsg.models.people.PAGE_SIZE", size)
    for n in range(2 * size + 2):
        with app.app_context():
            people.accounts.add_member(f"g{n}@example.com", f"Guest {n % 7}", "x" * 10)
    with app.app_context():
        listed = people_matching(ana.member(), "guest", clock.now())
        pages = [PeoplePage.page_of(listed, number) for number in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [size, size, 2, 0]
    assert [page.has_next for page in pages] == [True, True, False, False]
    assert {page.total for page in pages} == {2 * size + 2}
    ids = [row.member.id for page in pages for row in page.rows]
    assert len(set(ids)) == len(ids) == 2 * size + 2


def test_closed_account_is_not_listed(ana, known):
    assert names(ana, "zoe") == [known.name]
    close_account(known)
    assert names(ana, "zoe") == []


def test_rows_have_status_and_degree(app, ana, bo, cy, dee):
    eve = people.join(app, "Eve Newcomer")
    invite(ana, cy)
    invite(eve, ana)
    statuses = {row.member.id: (row.status, row.degree.label) for row in first_page(ana, "").rows}
    assert statuses == {
        ana.id: ("self", ""),
        bo.id: ("connected", "1st"),
        cy.id: ("invitation_sent", ""),
        dee.id: ("", "2nd"),
        eve.id: ("invitation_received", ""),
    }
    ignore(cy, ana)
    ignore(ana, eve)
    statuses = {row.member.id: row.status for row in first_page(ana, "").rows}
    assert (statuses[cy.id], statuses[eve.id]) == ("invitation_sent", "")


def test_connections_are_searched_and_sorted(app, ana, bo, cy, dee):
    later = people.join(app, "Abe First")
    people.connect(ana, later)
    with app.app_context():
        me = ana.member()
        lists = [connections_of(me, "", "recent"), connections_of(me, "", "name")]
        recent, by_name = (
            [row.member.name for row in PeoplePage.page_of(each, 1).rows] for each in lists
        )
        searched = PeoplePage.page_of(connections_of(me, "LIND", "recent"), 1)
    assert recent == ["Abe First", "Bo Lindqvist"]
    assert by_name == ["Abe First", "Bo Lindqvist"]
    assert [row.member.id for row in searched.rows] == [bo.id]
    assert searched.total == 1
