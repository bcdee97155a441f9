"""Read receipts: they only grow, and reading that is not shared never gives one."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkmsg.actions import invitations, messages, privacy, reading
from linkmsg.db import db
from linkmsg.models import Participation
from tests import people
from tests.people import nonce
from tests.support.read_state import mark_unread, read, read_state

TENTH = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def five(ana, bo):
    """A conversation with five messages from Ana."""
    return people.talk(ana, bo, *"abcde")


def receipt_of(person, id):
    """Return the seq and time of the receipt that a person gives."""
    with person.app.app_context():
        part, _ = db.session.execute(*Participation.of(person.member(), id)).one()
        return part.receipt_seq, part.receipt_at


@pytest.fixture
def march():
    """Freeze the time on 10 March 2026."""
    with time_machine.travel(TENTH, tick=False) as traveller:
        yield traveller


def test_receipt_has_newest_read_message_and_its_time(bo, five, march):
    assert receipt_of(bo, five) == (0, None)
    read(bo, five, 3)
    assert receipt_of(bo, five) == (3, TENTH)
    march.shift(60)
    read(bo, five, 99)
    assert receipt_of(bo, five) == (5, TENTH + timedelta(minutes=1))


def test_marking_unread_does_not_change_receipt(bo, five, march):
    read(bo, five, 5)
    for act in (
        lambda: read(bo, five, 2),
        lambda: mark_unread(bo, five),
        lambda: read(bo, five, 5),
    ):
        march.shift(60)
        act()
        assert receipt_of(bo, five) == (5, TENTH)


def test_reading_own_message_does_not_change_receipt(ana, bo, five, march):
    read(bo, five, 5)
    march.shift(60)
    people.talk(bo, ana, "An answer")
    read(bo, five, 6)
    mark_unread(bo, five)
    read(bo, five, 6)
    assert read_state(bo, five) == (6, 0)
    assert receipt_of(bo, five) == (5, TENTH)


def test_own_messages_give_no_receipt(ana, bo, five):
    read(ana, five, 5)
    assert receipt_of(ana, five) == (0, None)


def test_notice_gives_no_receipt(ana, cy):
    id = invited_and_accepted(cy, ana)
    read(ana, id, 1)
    assert read_state(ana, id)[0] == 1
    assert receipt_of(ana, id) == (0, None)


def invited_and_accepted(inviter, invitee):
    """Return the conversation of two people connected by an invitation without a note."""
    with inviter.app.app_context():
        invitation = invitations.invite(inviter.member(), invitee.member(), "")
        return invitations.accept(invitee.member(), invitation.id).id


@pytest.mark.parametrize("who", ["ana", "bo"])
def test_reading_without_sharing_never_gives_receipt(ana, bo, five, who):
    one = {"ana": ana, "bo": bo}[who]
    share(one, reading=False)
    read(bo, five, 4)
    share(one, reading=True)
    mark_unread(bo, five)
    read(bo, five, 4)
    assert receipt_of(bo, five) == (0, None)
    read(bo, five, 5)
    assert receipt_of(bo, five)[0] == 5


def share(person, *, reading):
    """Change whether a person shares read receipts."""
    with person.app.app_context():
        privacy.change(person.member(), reading=reading, presence=True)


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
def test_receipt_never_goes_back_after_any_steps(app, talk, ana, bo, steps):
    with app.app_context():
        both = [ana.member(), bo.member()]
    before = [receipt_of(each, talk) for each in (ana, bo)]
    for step, which, seq in steps:
        with app.app_context():
            if step == "send":
                messages.send(both[which], talk, "Something", nonce())
            elif step == "read":
                reading.read(both[which], talk, seq)
            else:
                reading.mark_unread(both[which], talk)
        now = [receipt_of(each, talk) for each in (ana, bo)]
        for (old_seq, old_at), (seq_now, at_now) in zip(before, now, strict=True):
            assert seq_now >= old_seq
            assert (at_now == old_at) == (seq_now == old_seq)
        before = now


def test_receipt_shows_time_today_and_day_later(ana, bo, five, march):
    read(bo, five, 3)
    assert ">12:00</time>" in receipt_in(ana.get(f"/messaging/{five}").text)
    march.shift(timedelta(days=1))
    assert ">Tue</time>" in receipt_in(ana.get(f"/messaging/{five}").text)
    march.shift(timedelta(days=20))
    assert ">10 Mar</time>" in receipt_in(ana.get(f"/messaging/{five}").text)


def receipt_in(page):
    """Return the receipt in a page."""
    return page.partition('class="foot receipt"')[2].partition("</li>")[0]
