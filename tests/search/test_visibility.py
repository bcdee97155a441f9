"""Nothing is ever found in a conversation that one is not part of."""

import pytest
from sqlalchemy import delete

from linkmsg.actions import messages
from linkmsg.db import db, writing
from linkmsg.models import Conversation, Participation
from linkmsg.search.index.fields import SEPARATOR, TEXT, key_prefix
from tests import people
from tests.people import attach, nonce
from tests.search.conftest import bodies, found

SECRET = "zanzibar"


@pytest.fixture
def planted(ana, bo, cy):
    """The conversation of Ana and Bo, in which a word stands that Cy never wrote nor read."""
    key = attach(ana, name=f"{SECRET} plan.pdf")
    talk = people.talk(ana, bo, f"The {SECRET} budget is at https://{SECRET}.example", "Yes")
    messages.send(ana.member(), talk, f"{SECRET} again", nonce(), [key])
    people.talk(cy, cy, "The zanzi budget is mine")
    return talk


def attempts(talk, ana, bo):
    """All ways to ask for it."""
    scopes = [f"{person.id}{SEPARATOR}{SECRET}" for person in (ana, bo)]
    return [
        *(SECRET, SECRET.upper(), "zan", "zanz", "zanzib", f'"{SECRET}"', f'"the {SECRET} budget"'),
        *(f'"the {SECRET}', f"-nothing {SECRET}", f"{SECRET} -nothing", f"{SECRET}.example"),
        *(f"from:bo {SECRET}", f"from:ana {SECRET}", "from:ana", "from:bo", "to:bo", "with:ana"),
        *(f"from:ana-ruiz {SECRET}", "with:bo", "to:ana", f'from:"Ana Ruiz" {SECRET}'),
        *(f"has:link {SECRET}", "has:link", "has:file", "has:pdf", f"on:today {SECRET}"),
        *(f"after:2020 {SECRET}", f"before:2030 {SECRET}", f"is:unread {SECRET}", "is:unread"),
        *(f"-from:me {SECRET}", "-from:me", "to:me", "-with:me", "-zanzi", "-mine"),
        *(f"in:{talk}", f"in:{talk} {SECRET}", *scopes, *(f'"{each}"' for each in scopes)),
        *(f"text:{each}" for each in scopes),
        *(f"t{each}" for each in scopes),
        *(f"{SECRET}*", "*", "zan*", "z?nzibar", f"/{SECRET}/", f"[a TO {SECRET}]", f"{SECRET}~2"),
    ]


def test_a_stranger_reaches_it_in_no_way(read, planted, ana, bo, cy):
    read()
    assert bodies(ana, SECRET) != []
    assert bodies(bo, SECRET) != []
    for text in attempts(planted, ana, bo):
        for best in (False, True):
            for inside in (None, planted):
                for after in ("", "999999999", "999999999.0"):
                    hits = found(cy, text, best=best, conversation_id=inside, cursor=after)
                    said = [hit.message.body for hit in hits.hits]
                    assert set(said) <= {"The zanzi budget is mine"}, text
                    assert hits.total <= 1, text
                    assert SECRET not in hits.suggestion.replace(text, ""), text


def test_a_stranger_is_not_told_that_such_a_word_exists(read, planted, ana, cy):
    read()
    assert found(ana, "zanzibor").suggestion == SECRET
    assert found(cy, "zanzibor").suggestion == ""


def leave(person, talk):
    """Let somebody take part in a conversation no more."""
    with writing():
        parts = delete(Participation).where(Participation.conversation_id == talk)
        db.session.execute(parts.where(Participation.member_id == person.id))


def told(person, text, **asked):
    """All that a search tells: what is found, how many there are, and what is suggested."""
    page = found(person, text, **asked)
    return [hit.message.body for hit in page.hits], page.total, page.next_cursor, page.suggestion


def test_who_takes_part_no_more_is_told_nothing_of_it(read, planted, ana, bo):
    read()
    assert bodies(bo, SECRET) != []
    leave(bo, planted)
    people.talk(ana, ana, "a note")
    for text in (*attempts(planted, ana, bo), "zanzibor", "budgat"):
        for best in (False, True):
            assert told(bo, text, best=best) == ([], 0, "", ""), text
    assert told(ana, SECRET)[1] == 2


def test_what_is_said_after_one_left_is_never_told(indexed, feeder, planted, ana, bo):
    leave(bo, planted)
    messages.send(ana.member(), planted, "quicksilver", nonce())
    for _ in range(2):
        assert told(bo, "quicksilver") == ([], 0, "", "")
        assert told(bo, "quicksilvr") == ([], 0, "", "")
        assert told(ana, "quicksilvr") == ([], 0, "", "quicksilver")
        indexed()
    bos = key_prefix(TEXT, bo.id)
    for _, terms, _ in feeder.index.state().segments:
        assert list(terms.starting(bos)) == []


def test_behind_what_is_hers_no_more_the_rest_is_found(indexed, ana, bo, dee):
    people.talk(bo, ana, *(f"word {number}" for number in range(30)))
    left = people.talk(bo, dee, *(f"word of dee {number}" for number in range(230)))
    indexed()
    leave(bo, left)
    for best in (False, True):
        hits, total, more, _ = told(bo, "word", best=best)
        assert (len(hits), total) == (20, 30)
        rest, total, end, _ = told(bo, "word", best=best, cursor=more)
        assert (len(rest), total, end) == (10, 30, "")
        assert not any("dee" in body for body in hits + rest)


def test_what_was_deleted_counts_no_more(indexed, ana, bo, dee):
    people.talk(bo, ana, "word one")
    gone = people.talk(bo, dee, "word two", "word three")
    indexed()
    with writing():
        db.session.execute(delete(Conversation).where(Conversation.id == gone))
    for best in (False, True):
        assert told(bo, "word", best=best) == (["word one"], 1, "", "")
    assert told(bo, "thrae") == ([], 0, "", "")
    people.talk(bo, dee, "brandnew")
    assert told(bo, "brandnew") == (["brandnew"], 1, "", "")
    assert told(bo, "two") == ([], 0, "", "")


def test_another_conversation_is_not_searched_inside_one(read, planted, ana, bo):
    people.talk(ana, ana, f"{SECRET} in my notes")
    read()
    assert len(bodies(ana, SECRET)) == 3
    assert len(bodies(ana, SECRET, conversation_id=planted)) == 2
    assert bodies(ana, SECRET, conversation_id=99999) == []


def test_a_file_is_found_by_its_name_and_kind(read, planted, ana, bo):
    read()
    (hit,) = found(bo, "plan").hits
    ((attachment, name),) = hit.attachments
    assert (attachment.name, name) == (f"{SECRET} plan.pdf", f"{SECRET} <mark>plan</mark>.pdf")
    assert len(found(bo, "has:file").hits) == 1
