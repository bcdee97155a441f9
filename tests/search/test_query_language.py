"""The language of a search, a row for each thing that can be said in it."""

from datetime import UTC, datetime

import pytest
import time_machine

from linkmsg.search.date_ranges import DATE_HELP
from tests import people
from tests.search.conftest import bodies, found

# What was said, by whom and when; what Ana finds is written as the first words of it.
SAID = (
    ("ana", "bo", "2026-02-27 10:00", "alpha budget for the new office"),
    ("bo", "ana", "2026-02-28 23:30", "bravo the Budgets are done"),
    ("ana", "dee", "2026-03-01 09:00", "charlie café e-mail to bo@example.org"),
    ("dee", "ana", "2026-03-15 09:00", "delta see https://linkmsg.example/plan-b?q=1"),
    ("ana", "bo", "2026-04-01 09:00", "echo 東京都に行く for 1,200 Euro"),
    ("bo", "ana", "2026-11-25 09:00", "foxtrot office is new"),
    ("ana", "ana", "2026-11-26 08:00", "golf a note to myself about running"),
)
ALL = ["golf", "foxtrot", "echo", "delta", "charlie", "bravo", "alpha"]
ROWS = {
    "budget": ["bravo", "alpha"],
    "BUDGÉT": ["bravo", "alpha"],
    "budget office": ["alpha"],
    "office budget": ["alpha"],
    "run": ["golf"],
    "runs": ["golf"],
    "cafe": ["charlie"],
    "CAFÉ": ["charlie"],
    # a last word goes on, from three letters
    "foxt": ["foxtrot"],
    "bud": ["bravo", "alpha"],
    "runni": ["golf"],
    "bu": [],
    "bud office": [],
    '"foxt"': [],
    # phrases
    '"new office"': ["alpha"],
    '"office new"': [],
    '"office is new"': ["foxtrot"],
    '"the new off': ["alpha"],
    '"the new office" budget': ["alpha"],
    # parts of what stands together
    "email": ["charlie"],
    "e-mail": ["charlie"],
    "mail": ["charlie"],
    "bo@example.org": ["charlie"],
    "example.org": ["charlie"],
    "linkmsg.example": ["delta"],
    "https://linkmsg.example/plan-b?q=1": ["delta"],
    "plan-b": ["delta"],
    # and while they are typed
    "bo@exam": ["charlie"],
    "exam": ["delta", "charlie"],
    "https://linkm": ["delta"],
    "linkmsg.exam": ["delta"],
    "linkmsg.example/pla": ["delta"],
    "e-mai": ["charlie"],
    "emai": ["charlie"],
    "1,20": [],
    "bo@ex": [],
    "linkmsg.exam office": [],
    "1200": ["echo"],
    "1,200": ["echo"],
    "200": ["echo"],
    "東京": ["echo"],
    "京都": ["echo"],
    "東京都": ["echo"],
    "都": ["echo"],
    "行": ["echo"],
    "京東": [],
    # people
    "from:bo": ["foxtrot", "bravo"],
    "from:lindq": ["foxtrot", "bravo"],
    "from:bo-lindqvist": ["foxtrot", "bravo"],
    'from:"Bo Lindqvist"': ["foxtrot", "bravo"],
    "FROM:BO": ["foxtrot", "bravo"],
    "from:me": ["golf", "echo", "charlie", "alpha"],
    "from:ana": ["golf", "echo", "charlie", "alpha"],
    "from:ruiz": ["golf", "echo", "charlie", "alpha"],
    "to:ana": ["golf", "foxtrot", "delta", "bravo"],
    "-from:ana": ["foxtrot", "delta", "bravo"],
    "from:bo from:dee": ["foxtrot", "delta", "bravo"],
    "from:bo from:dee office": ["foxtrot"],
    "-from:bo -from:dee": ["golf", "echo", "charlie", "alpha"],
    "with:bo with:dee from:me": ["echo", "charlie", "alpha"],
    "to:dee to:bo": ["echo", "charlie", "alpha"],
    "from:bo with:dee": [],
    "budget - office": ["alpha"],
    "budget & office": ["alpha"],
    "\u2014 budget": ["bravo", "alpha"],
    "from:ana-ruiz": ["golf", "echo", "charlie", "alpha"],
    # with an @ nothing but a handle
    "from:@bo-lindqvist": ["foxtrot", "bravo"],
    "from:@Bo-Lindqvist office": ["foxtrot"],
    "from:@ana-ruiz": ["golf", "echo", "charlie", "alpha"],
    "with:@ana-ruiz": ["golf"],
    "from:@bo": [],
    "from:@bo Lindqvist": [],
    "to:me": ["foxtrot", "delta", "bravo"],
    "to:bo": ["echo", "alpha"],
    "with:bo": ["foxtrot", "echo", "bravo", "alpha"],
    "with:dee": ["delta", "charlie"],
    "with:me": ["golf"],
    "from:bo office": ["foxtrot"],
    # a name of several words, with quotes and without
    'from:"Bo Lindqvist" office': ["foxtrot"],
    "from:Bo Lindqvist": ["foxtrot", "bravo"],
    "from:Bo Lindqvist office": ["foxtrot"],
    "office from:bo lindqvist": ["foxtrot"],
    "with:Dee Duarte from:Ana Ruiz": ["charlie"],
    "from:Bo Lind": ["foxtrot", "bravo"],
    "from:Bo off": ["foxtrot"],
    "from:Bo Lind office": [],
    "from:Bo -Lind": ["foxtrot", "bravo"],
    "from:Bo office Lindqvist": [],
    'from:"Bo" Lindqvist': [],
    "from:Bo -Lindqvist": ["foxtrot", "bravo"],
    "from:nobody": [],
    "from:cy": [],
    # days
    "on:2026-02-28": ["bravo"],
    "on:2026-02": ["bravo", "alpha"],
    "before:2026-03-01": ["bravo", "alpha"],
    "before:2026-03": ["bravo", "alpha"],
    "before:2026": [],
    "after:2026-03-01": ["golf", "foxtrot", "echo", "delta"],
    "after:2026-03": ["golf", "foxtrot", "echo"],
    "on:2026": ALL,
    "on:today": ["golf"],
    "on:yesterday": ["foxtrot"],
    "on:Wednesday": ["foxtrot"],
    "on:thu": ["golf"],
    "on:friday": [],
    "after:wed": ["golf"],
    "on:march": ["delta", "charlie"],
    "before:mar": ["bravo", "alpha"],
    "on:november": ["golf", "foxtrot"],
    "after:december": ALL,
    "after:2026-02-28 before:2026-04-01": ["delta", "charlie"],
    "budget before:2026-02-28": ["alpha"],
    # what is carried
    "has:link": ["delta"],
    "has:file": [],
    "has:image": [],
    # not
    "budget -office": ["bravo"],
    '-"new office" office': ["foxtrot"],
    "-from:me": ["foxtrot", "delta", "bravo"],
    "-to:bo budget": ["bravo"],
    "-with:bo": ["golf", "delta", "charlie"],
    "-has:link from:dee": [],
    "-on:2026-02 with:bo": ["foxtrot", "echo"],
    "-budget -office": ["golf", "echo", "delta", "charlie"],
    # nothing
    "": [],
    "   ": [],
    "***": [],
    '""': [],
    "-": [],
    "in:archived": [],
}


@pytest.fixture
def said(ana, bo, dee):
    """What was said, each at its time; Ana is connected to both."""
    people.connect(ana, dee)
    persons = {"ana": ana, "bo": bo, "dee": dee}
    for author, other, at, body in SAID:
        with time_machine.travel(datetime.fromisoformat(at).replace(tzinfo=UTC), tick=False):
            people.talk(persons[author], persons[other], body)
    return ana


@pytest.fixture(autouse=True)
def today():
    """It is the last day on which something was said."""
    with time_machine.travel(datetime(2026, 11, 26, 12, tzinfo=UTC)):
        yield


def test_each_row_of_the_language(read, said):
    read()
    for text, expected in ROWS.items():
        assert [body.split()[0] for body in bodies(said, text)] == expected, text


def test_the_best_first_finds_the_same(read, said):
    read()
    for text, expected in ROWS.items():
        assert {body.split()[0] for body in bodies(said, text, best=True)} == set(expected), text


NOTES = {
    "before:2026-13-01": "There is no month 13. before:2026-13-01 was searched as words.",
    "on:2026-02-30": "February 2026 has no day 30. on:2026-02-30 was searched as words.",
    "after:tomorrow": f"{DATE_HELP} after:tomorrow was searched as words.",
    "has:cheese": "has: accepts file, image, audio, video, link and pdf."
    " has:cheese was searched as words.",
    "is:odd": "is: accepts unread. is:odd was searched as words.",
    "in:spain": "To search one conversation, write with:spain. in:spain was searched as words.",
    "in:archived": "Searching archived conversations isn't supported yet: in:archived was ignored.",
    "in:inmail": "Searching InMail isn't supported yet: in:inmail was ignored.",
    "is:starred": "Searching starred conversations isn't supported yet: is:starred was ignored.",
    "from:": "from: needs a value.",
    "from:@": "from: needs a value.",
    "from:cy": "You have no conversation with anyone named cy.",
    "***": "*** has no letters or digits to search for.",
}


def test_what_is_not_understood_is_said(inside, said):
    for text, note in NOTES.items():
        assert found(said, text).query.notes == [note], text


def test_a_name_of_several_words_is_one_filter_that_can_be_taken_away(inside, said):
    text = "office from:Bo Lindqvist has:file"
    (name, _), words = found(said, text).query.filters, found(said, text).query.words
    assert (name.value, [word.text for word in words]) == ("Bo Lindqvist", ["office"])
    assert text[slice(*name.span)] == "from:Bo Lindqvist"


def test_what_is_understood_needs_no_note(inside, said):
    noted = {text for text in ROWS if found(said, text).query.notes}
    assert noted == {
        "from:nobody",
        "from:cy",
        "from:@bo",
        "from:@bo Lindqvist",
        "***",
        "-",
        "in:archived",
    }
