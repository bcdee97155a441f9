"""A name is found in whatever form it is written or typed: in people lists and in `from:`."""

import runpy
import unicodedata

import pytest

from linkmsg import clock, migrations
from linkmsg.actions import profile
from linkmsg.actions.profile import Profile
from linkmsg.db import db, writing
from linkmsg.models import Member
from linkmsg.models.member_matches import MemberMatch
from linkmsg.models.people import PeoplePage, connections_of, people_matching
from linkmsg.search import suggest_people
from tests import people
from tests.support.search import bodies

# A name, and what finds it.
NAMES = {
    "Siobhán Ó Dálaigh": ["odalaigh", "o dalaigh", "Ó Dálaigh", "o'dalaigh", "O’DAL", "siobhano"],
    "Awa N’Diaye": ["ndiaye", "n'diaye", "n’diaye", "n diaye", "N´Diaye", "diaye", "awa ndi"],
    "Ndeye Ndour": ["n'dour", "n dour", "ndour"],
    "Anne‑Marie Dupont": ["anne-marie", "annemarie", "anne marie", "Anne–Marie", "marie"],
    "Jean Luc Godard": ["jean-luc", "jeanluc", "luc"],
    "Keʻala Kahale": ["keala", "ke'ala", "ke‘ala", "keʻala"],
    "Mü\u2060ller J.R. Wolf": ["muller", "jr", "j.r.", "Mu\u0308ller"],
    "한지민": ["한지민", "한지"],
    "น้ำฝน": ["น้ำ", "นํ้าฝน"],
    "Ｔａｒｏ": ["taro", "ＴＡ"],
}
# What finds none of them.
OTHERS = ["dalaighx", "diayen", "mariel", "nd%", "b_", "ro", "%"]
FORMS = ("NFC", "NFD")


@pytest.fixture
def talks(app, ana):
    """Ana, with a conversation with each of these members."""
    for number, name in enumerate(NAMES):
        person = people.join(app, f"Member{number} Unnamed")
        with app.app_context():
            form = FORMS[number % 2]
            profile.edit(person.member(), Profile(unicodedata.normalize(form, name), person.handle))
        people.connect(ana, person)
        people.talk(person, ana, f"hello from {number}")
    return ana


def test_name_is_found_in_every_list(talks):
    with talks.app.app_context():
        me = talks.member()
        for number, (name, typed) in enumerate(NAMES.items()):
            for text in (unicodedata.normalize(form, each) for each in typed for form in FORMS):
                asked = (me, text)
                matches, _ = MemberMatch.best(*asked, clock.now())
                lists = {
                    "people": names_in(people_matching(*asked, clock.now())),
                    "connections": names_in(connections_of(*asked, "name")),
                    "beside messages": [each.member.name for each in matches],
                    "suggestions": [each for each, _ in suggest_people(*asked)],
                }
                for where, found in lists.items():
                    assert composed(name) in map(composed, found), (text, where)
                assert f"hello from {number}" in bodies(talks, f'from:"{text}"'), text


def test_name_of_several_words_needs_no_quotes(talks):
    with talks.app.app_context():
        for text in (
            *(
                "from:Siobhán Ó Dálaigh hello",
                "from:o dalaigh hello",
                "from:siobhan odalaigh hello",
            ),
            *("from:siobhan o'dalaigh hello", "with:o’dalaigh hello", "from:Siobhán O'Dal"),
        ):
            assert bodies(talks, text) == ["hello from 0"], text
        assert bodies(talks, "from:awa ndiaye hello") == ["hello from 1"]
        assert bodies(talks, "from:anne marie dupont hello") == ["hello from 3"]


def test_other_names_are_not_found(talks):
    with talks.app.app_context():
        for text in OTHERS:
            assert suggest_people(talks.member(), text) == [], text
        found = suggest_people(talks.member(), "an")
        assert [composed(name) for name, _ in found] == ["Anne‑Marie Dupont", "Ana Ruiz"]


def test_company_is_found_with_and_without_signs(app, ana, bo):
    with app.app_context():
        profile.edit(
            bo.member(), Profile(bo.name, bo.handle, headline="E‑mail", company="L’Oréal Coca-Cola")
        )
        for text in ("loreal", "l'oreal", "oreal", "cocacola", "coca cola", "email", "e-mail"):
            assert names_in(people_matching(ana.member(), text, clock.now())) == [bo.name], text


def test_upgrade_fills_in_the_words_of_names(app, talks):
    with app.app_context():
        stored = [(each.name_words, each.name_folded, each.work_words) for each in all_members()]
        (file,) = migrations.FOLDER.glob("versions/*_names_are_found_however_they_are_written.py")
        with writing():
            for each in all_members():
                each.name_words = each.name_folded = each.work_words = ""
            db.session.flush()
            runpy.run_path(str(file))["fill_columns"](db.session.connection())
        db.session.expire_all()
        again = [(each.name_words, each.name_folded, each.work_words) for each in all_members()]
        assert again == stored


def names_in(query):
    return [row.member.name for row in PeoplePage.page_of(query, 1).rows]


def composed(name):
    return unicodedata.normalize("NFC", name)


def all_members():
    return list(db.session.scalars(db.select(Member).order_by(Member.id)))
