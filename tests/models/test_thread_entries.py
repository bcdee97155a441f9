"""Entries of a thread: the first message of a day, and continuations."""

from datetime import UTC, datetime, timedelta

import pytest

from linkmsg.models import Member, Message
from linkmsg.models.thread import entries_of, entry_of

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def message(seq, at, author=1, kind="text"):
    return Message(id=seq, seq=seq, author_id=author, kind=kind, body="x", created_at=at)


def entry(at, before, zone="UTC", **how):
    return entry_of(message(2, at, **how), message(1, before), zone)


@pytest.mark.parametrize(
    ("zone", "before", "at", "starts"),
    [
        ("UTC", "2026-03-10T23:59:59Z", "2026-03-11T00:00:00Z", True),
        ("UTC", "2026-03-11T00:00:00Z", "2026-03-11T23:59:59Z", False),
        ("Europe/Stockholm", "2026-03-10T23:59:59Z", "2026-03-11T00:00:00Z", False),
        ("Europe/Stockholm", "2026-03-10T22:59:59Z", "2026-03-10T23:00:00Z", True),
        ("America/Los_Angeles", "2026-03-11T06:59:59Z", "2026-03-11T07:00:00Z", True),
        ("America/Los_Angeles", "2026-03-11T00:00:00Z", "2026-03-11T06:59:59Z", False),
        ("Asia/Kathmandu", "2026-03-10T18:14:59Z", "2026-03-10T18:15:00Z", True),
        # Clocks go forward in Stockholm on 29 March at 02:00, and back on 25 October at 03:00.
        ("Europe/Stockholm", "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", True),
        ("Europe/Stockholm", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", False),
        ("Europe/Stockholm", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", True),
        ("Europe/Stockholm", "2026-03-29T22:00:00Z", "2026-03-29T23:00:00Z", False),
        ("Europe/Stockholm", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", False),
        ("Europe/Stockholm", "2026-10-25T22:00:00Z", "2026-10-25T22:59:59Z", False),
        ("Europe/Stockholm", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z", True),
        # In Samoa there was no 30 December 2011.
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z", True),
    ],
)
def test_day_begins_at_readers_midnight(zone, before, at, starts):
    found = entry(datetime.fromisoformat(at), datetime.fromisoformat(before), zone)
    assert found.is_first_of_day is starts
    assert not (starts and found.is_continuation)


def test_first_message_is_first_of_day():
    found = entry_of(message(1, NOON), None, "UTC")
    assert (found.is_first_of_day, found.is_continuation) == (True, False)


@pytest.mark.parametrize(
    ("later", "is_continuation"),
    [
        (timedelta(0), True),
        (timedelta(minutes=5) - timedelta(microseconds=1), True),
        (timedelta(minutes=5), False),
        (timedelta(minutes=-6), False),
    ],
)
def test_message_continues_within_five_minutes(later, is_continuation):
    assert entry(NOON + later, NOON).is_continuation is is_continuation


def test_message_continues_text_of_same_author_and_day_only():
    soon = timedelta(seconds=1)
    midnight = NOON.replace(hour=0)
    assert entry(NOON + soon, NOON).is_continuation
    assert not entry(NOON + soon, NOON, author=2).is_continuation
    assert not entry(NOON + soon, NOON, author=None, kind="notice").is_continuation
    assert not entry(NOON + soon, NOON, kind="notice").is_continuation
    assert not entry(midnight, midnight - soon).is_continuation
    assert entry(midnight, midnight - soon, zone="Europe/Stockholm").is_continuation


def test_messages_get_authors_and_notices_none():
    ana, bo = Member(id=1, name="Ana Ruiz"), Member(id=2, name="Bo Lindqvist")
    messages = [message(1, NOON, 1), message(2, NOON, 2), message(3, NOON, None, "notice")]
    assert [each.message.author for each in entries_of(messages, [ana, bo], "UTC")] == [
        ana,
        bo,
        None,
    ]
