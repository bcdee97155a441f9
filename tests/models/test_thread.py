"""Pages and changes of a thread: every message once, and equal on every page."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkmsg import clock
from linkmsg.actions import messages, reading
from linkmsg.db import db
from linkmsg.models import Participation, Relationship
from linkmsg.models import thread as threads
from linkmsg.models.thread import Thread, ThreadChanges
from tests import people
from tests.people import nonce

LONG = 23
property_test = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def long(app, ana, bo):
    """The id of a conversation with LONG messages from both members."""
    with app.app_context():
        both = [ana.member(), bo.member()]
        for n in range(LONG):
            who, other = both if n % 5 < 3 else both[::-1]
            sent = messages.start(who, other, f"Message {n + 1}", nonce()).message
        return sent.conversation_id


class Reader:
    """A reader who turns the pages of a conversation; inside an app context."""

    def __init__(self, person, other, id):
        self.relationship = Relationship.between(person.member(), other.id, clock.now())
        self.part, self.conversation = db.session.execute(
            *Participation.of(person.member(), id)
        ).one()

    def page(self, turn, *seq):
        return getattr(Thread, turn)(self.part, self.conversation, self.relationship, *seq)


@pytest.fixture
def turn(app, ana, bo, long):
    """A function that reads a page of the long conversation."""
    with app.app_context():
        yield Reader(ana, bo, long).page


@pytest.fixture
def sized(monkeypatch):
    """A function that sets the size of a page."""
    return lambda size: monkeypatch.setattr(threads, "PAGE_SIZE", size)


def seqs(page):
    return [entry.message.seq for entry in page.entries]


def layout(page):
    return {
        entry.message.seq: (entry.is_first_of_day, entry.is_continuation) for entry in page.entries
    }


@property_test
@given(size=st.integers(1, LONG + 2))
def test_older_pages_show_every_message_once(turn, sized, size):
    sized(size)
    page = turn("newest")
    found, shown = seqs(page), layout(page)
    while page.older_seq:
        assert found[0] == page.older_seq
        page = turn("before", page.older_seq)
        assert 1 <= len(page.entries) <= size
        found, shown = [*seqs(page), *found], {**shown, **layout(page)}
    assert found == list(range(1, LONG + 1))
    sized(LONG)
    assert shown == layout(turn("newest"))


@property_test
@given(size=st.integers(2, LONG + 2), at=st.integers(1, LONG))
def test_pages_around_any_message_show_every_message_once(turn, sized, size, at):
    sized(size)
    page = turn("around", at)
    found, older, later = seqs(page), page.older_seq, page.later_seq
    assert at in found
    assert page.at == at
    while later:
        assert later == found[-1] + 1
        page = turn("later", later)
        found, later = [*found, *seqs(page)], page.later_seq
    while older:
        assert older == found[0]
        page = turn("before", older)
        found, older = [*seqs(page), *found], page.older_seq
    assert found == list(range(1, LONG + 1))


@pytest.mark.parametrize("method", ["before", "later"])
def test_page_at_any_seq_has_right_links(turn, sized, subtests, method):
    sized(5)
    for seq in (0, 1, LONG, LONG + 1, LONG + 2, 10**15):
        with subtests.test(seq=seq):
            page = turn(method, seq)
            shown = seqs(page)
            edge = min(max(seq, 1), LONG + 1)
            first, last = (shown[0], shown[-1]) if shown else (edge, edge - 1)
            assert page.older_seq == (first if first > 1 else None)
            assert page.later_seq == (last + 1 if last < LONG else None)
            before, later = range(max(1, edge - 5), edge), range(edge, edge + 5)
            expected = before if method == "before" else later
            assert shown == [each for each in expected if each <= LONG]


def test_first_unread_is_known_if_page_reaches_read_messages(app, ana, bo, long):
    with app.app_context():
        reading.read(ana.member(), long, 8)
        page = Reader(ana, bo, long).page("newest")
        others = [entry.message.seq for entry in page.entries if entry.message.author_id == bo.id]
        assert page.first_unread_seq == min(seq for seq in others if seq > 8)
        assert Reader(ana, bo, long).page("later", 15).first_unread_seq is None
        reading.read(ana.member(), long, LONG)
        assert Reader(ana, bo, long).page("newest").first_unread_seq is None


def changes(person, id, revision):
    return ThreadChanges.after(person.member(), id, revision)


def test_changes_follow_revision_of_page(app, ana, bo, long):
    with app.app_context():
        seen = Reader(ana, bo, long).page("newest").revision
        assert changes(ana, long, seen).entries == []
        assert changes(ana, long, seen).revision == seen
    people.talk(bo, ana, "New", "Newer")
    with app.app_context():
        fresh = changes(ana, long, seen)
        assert [entry.message.body for entry in fresh.entries] == ["New", "Newer"]
        assert (fresh.view.row.unread, fresh.view.row.last.body) == (
            Reader(ana, bo, long).part.unread,
            "Newer",
        )
        assert changes(ana, long, fresh.revision).entries == []


def test_changed_entry_equals_entry_on_page(app, ana, bo, long):
    with app.app_context():
        page = Reader(ana, bo, long).page("newest")
        for revision in range(LONG):
            for entry in changes(ana, long, revision).entries:
                assert layout(page)[entry.message.seq] == (
                    entry.is_first_of_day,
                    entry.is_continuation,
                )


def test_changes_in_parts_skip_nothing(app, ana, bo, long, monkeypatch, subtests):
    for size in (1, 4, LONG - 1, LONG):
        monkeypatch.setattr(threads, "MAX_CHANGES", size)
        with subtests.test(size=size), app.app_context():
            found, revision, more = [], 0, True
            while more:
                part = changes(ana, long, revision)
                found += [entry.message.seq for entry in part.entries]
                revision, more = part.revision, part.has_more
            assert found == list(range(1, LONG + 1))


def test_future_revision_has_no_changes(app, ana, bo, long):
    with app.app_context():
        assert changes(ana, long, 10**9).entries == []
