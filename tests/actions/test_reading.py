"""Read conversations and mark them unread; the unread count is always right."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from linkmsg.actions import messages, reading
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from linkmsg.models import Message, Participation
from tests import people
from tests.people import nonce
from tests.support.read_state import mark_unread, read, read_state


@pytest.fixture
def five(ana, bo):
    """A conversation with five messages from Ana."""
    return people.talk(ana, bo, *"abcde")


def test_reading_only_goes_forward(bo, five):
    assert read_state(bo, five) == (0, 5)
    read(bo, five, 3)
    assert read_state(bo, five) == (3, 2)
    read(bo, five, 1)
    assert read_state(bo, five) == (3, 2)


def test_reading_past_end_reads_to_end(ana, bo, five):
    read(bo, five, 10**12)
    assert read_state(bo, five) == (5, 0)
    people.talk(ana, bo, "f")
    assert read_state(bo, five) == (5, 1)


def test_mark_unread_restores_last_message_from_other(bo, ana, five):
    read(bo, five, 5)
    mark_unread(bo, five)
    assert read_state(bo, five) == (4, 1)
    people.talk(bo, ana, "An answer")
    read(bo, five, 6)
    mark_unread(bo, five)
    assert read_state(bo, five) == (4, 1)


def test_mark_unread_keeps_unread_messages(bo, five):
    read(bo, five, 2)
    mark_unread(bo, five)
    assert read_state(bo, five) == (2, 3)


def test_mark_unread_needs_message_from_somebody_else(ana, five):
    notes = people.talk(ana, ana, "A note")
    for id in (five, notes):
        with pytest.raises(ActionRefused):
            mark_unread(ana, id)
        assert read_state(ana, id)[1] == 0


def test_reading_does_not_affect_other_member(ana, bo, five):
    people.talk(bo, ana, "Hello")
    read(bo, five, 6)
    assert read_state(ana, five)[1] == 1


def test_answering_does_not_read_older_messages(ana, bo, five):
    people.talk(bo, ana, "An answer")
    assert read_state(bo, five) == (0, 5)


def test_unread_count_is_equal_in_title_and_rows(ana, bo, dee, five):
    people.talk(dee, bo, "Hello")
    page = bo.get("/messaging").text
    assert "(6)" in page.split("</title>")[0]
    assert "5 unread" in page
    assert "1 unread" in page
    read(bo, five, 4)
    page = bo.get("/messaging").text
    assert "(2)" in page.split("</title>")[0]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.booleans(), st.just(0)),
        st.tuples(st.just("read"), st.booleans(), st.integers(0, 14)),
        st.tuples(st.just("unread"), st.booleans(), st.just(0)),
    ),
    max_size=14,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_stored_unread_count_is_right_after_any_steps(app, talk, ana, bo, steps):
    with app.app_context():
        both = [ana.member(), bo.member()]
        for step, which, seq in steps:
            who = both[which]
            if step == "send":
                messages.send(who, talk, "Something", nonce())
            elif step == "read":
                reading.read(who, talk, seq)
            else:
                reading.mark_unread(who, talk)
            for each in both:
                assert stored_count(each, talk) == counted(each, talk)


def stored_count(member, id):
    where = (Participation.conversation_id == id, Participation.member_id == member.id)
    found = select(Participation.unread, Participation.last_read_seq).where(*where)
    return tuple(db.session.execute(found).one())


def counted(member, id):
    """Count the messages from others after the last read one, as the definition says."""
    _, last_read = stored_count(member, id)
    said = db.session.execute(select(Message.seq, Message.author_id, Message.conversation_id))
    unread = [
        seq
        for seq, author, conversation in said
        if conversation == id and author not in {None, member.id} and seq > last_read
    ]
    return len(unread), last_read
