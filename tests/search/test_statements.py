"""What a search asks of the database does not grow with what is in it."""

from linkmsg.actions import messages
from tests import people
from tests.blueprints.test_statements import counted
from tests.people import attach, nonce
from tests.search.conftest import found

# One of these lets the database confirm what is counted.
MOST = 8
ASKED = ("word", "from:bo word", "has:file", "on:2026 -from:me", "is:unread", "wrod", "to:bo word")


def costs(ana):
    """How many statements each search needs."""
    needed = {}
    for text in ASKED:
        with counted(ana.app) as statements:
            found(ana, text)
        needed[text] = len(statements)
    return needed


def test_no_search_asks_more_often_when_there_is_more(read, ana, bo):
    talk = people.talk(bo, ana, "first word")
    messages.send(ana.member(), talk, "with a file", nonce(), [attach(ana)])
    read()
    few = costs(ana)
    people.talk(bo, ana, *(f"word {number}" for number in range(40)))
    for _ in range(3):
        messages.send(ana.member(), talk, "another file", nonce(), [attach(ana)])
    read()
    assert costs(ana) == few
    assert max(few.values()) <= MOST


def test_what_is_asked_many_times_is_asked_of_the_database_once(read, ana, bo):
    people.talk(bo, ana, "a word")
    read()
    needed = []
    for text in ("from:bo word", "from:bo " * 30 + "word"):
        with counted(ana.app) as statements:
            assert found(ana, text).total == 1
        needed.append(len(statements))
    assert needed[0] == needed[1]
