"""Limits: how often, for how long one waits, and who is not held up."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.web.rate_limit_storage import SweptMemoryStorage
from linkmsg.web.rate_limits import LONGEST_WAIT
from tests.people import nonce, sign_in, token_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def clock():
    """A clock that stands still until it is moved."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def knock(client, email, password, address=HERE):
    """Try to sign in from an address of the network."""
    page = client.get("/sign-in", environ_base={"REMOTE_ADDR": address})
    form = {"csrf_token": token_in(page.text), "email": email, "password": password}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})


def fail(client, email, times=5, address=HERE):
    """Fail to sign in, as often as one may."""
    for _ in range(times):
        assert knock(client, email, "not the password", address).status_code == 422


RIGHT = "correct horse battery"


def test_after_five_failures_one_waits_even_with_the_right_password(clock, nobody, ana):
    fail(nobody, ana.email)
    answer = knock(nobody, ana.email.upper(), RIGHT)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
    assert "Wait 30 seconds" in answer.text
    assert 'value="ANA@EXAMPLE.COM"' in answer.text
    assert RIGHT not in answer.text
    clock.shift(timedelta(seconds=31))
    assert knock(nobody, ana.email, RIGHT).status_code == 303


def test_four_failures_hold_nobody_up_and_success_forgets_them(clock, nobody, ana):
    fail(nobody, ana.email, times=4)
    assert knock(nobody, ana.email, RIGHT).status_code == 303
    other = ana.app.test_client()
    fail(other, ana.email, times=4)
    assert knock(other, ana.email, RIGHT).status_code == 303


def test_failures_of_more_than_a_quarter_of_an_hour_ago_are_forgotten(clock, nobody, ana):
    fail(nobody, ana.email, times=4)
    clock.shift(timedelta(minutes=15, seconds=1))
    fail(nobody, ana.email, times=4)
    assert knock(nobody, ana.email, RIGHT).status_code == 303


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(clock, nobody, ana):
    waits = []
    for _ in range(7):
        while (answer := knock(nobody, ana.email, "not the password")).status_code == 422:
            pass
        waits.append(int(answer.headers["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1] + 1))
    assert waits == [30, 60, 120, 240, 480, LONGEST_WAIT, LONGEST_WAIT]


def test_other_accounts_and_other_addresses_are_not_held_up(clock, nobody, ana, bo):
    fail(nobody, ana.email)
    assert knock(nobody, ana.email, RIGHT).status_code == 429
    assert knock(ana.app.test_client(), ana.email, RIGHT, ELSEWHERE).status_code == 303
    assert knock(nobody, bo.email, RIGHT).status_code == 303


def test_a_device_that_signed_in_before_is_not_held_up_by_the_failures_of_others(
    clock, nobody, ana
):
    known = ana.app.test_client()
    assert knock(known, ana.email, RIGHT).status_code == 303
    known.delete_cookie("session")
    fail(nobody, ana.email)
    assert knock(nobody, ana.email, RIGHT).status_code == 429
    assert knock(known, ana.email, RIGHT).status_code == 303


def test_a_known_device_has_a_limit_of_its_own_and_only_for_its_account(clock, ana, bo):
    known = ana.app.test_client()
    knock(known, ana.email, RIGHT)
    known.delete_cookie("session")
    fail(known, ana.email)
    assert knock(known, ana.email, RIGHT, ELSEWHERE).status_code == 429
    fail(known, bo.email)
    assert knock(known, bo.email, RIGHT, ELSEWHERE).status_code == 303


@pytest.mark.parametrize("forged", ["", "x", "WyJ4IixbXV0.aaaa", "null", "é"])
def test_a_forged_device_is_none(clock, nobody, ana, forged):
    nobody.set_cookie("device", forged)
    fail(nobody, ana.email)
    assert knock(nobody, ana.email, RIGHT).status_code == 429


def sent(person):
    """How many messages somebody has sent."""
    with person.app.app_context():
        return db.session.scalar(select(func.count()).where(Message.author_id == person.id))


def test_sixty_messages_a_minute_are_sent_and_the_next_waits(clock, ana, bo, talk):
    for number in range(60):
        assert ana.send(talk, f"Message {number}").status_code == 303
    before = sent(ana)
    answer = ana.send(talk, "One too many")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "at once, so this was not sent. Wait 60 seconds" in answer.text
    assert sent(ana) == before
    assert bo.send(talk, "I may").status_code == 303
    clock.shift(timedelta(seconds=61))
    assert ana.send(talk, "Again").status_code == 303


def test_all_ways_of_sending_share_the_limit(clock, ana, bo, talk):
    for number in range(60):
        ana.send(talk, f"Message {number}")
    answer = ana.post("/messaging/new", to="bo-lindqvist", body="Another way", nonce=nonce())
    assert (answer.status_code, "Another way" in answer.text) == (429, True)


def test_a_nonce_counts_once_however_often_it_comes(clock, ana, talk):
    again = nonce()
    for _ in range(70):
        assert ana.send(talk, "The same", nonce=again).status_code == 303
    for number in range(59):
        assert ana.send(talk, f"Message {number}").status_code == 303
    assert ana.send(talk, "One too many").status_code == 429


def test_what_was_refused_is_refused_again_under_the_same_nonce(clock, ana, talk):
    for number in range(60):
        ana.send(talk, f"Message {number}")
    again = nonce()
    for _ in range(2):
        assert ana.send(talk, "One too many", nonce=again).status_code == 429


def test_sixty_searches_at_once_are_answered_and_the_next_waits(clock, ana):
    for _ in range(60):
        assert ana.get("/people?q=bo").status_code == 200
    answer = ana.get("/people?q=bo")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    clock.shift(timedelta(seconds=31))
    assert ana.get("/people?q=bo").status_code == 200


def test_signing_in_has_no_limit_for_who_does_it_right(clock, app, ana):
    for _ in range(12):
        assert sign_in(app.test_client(), ana.email).status_code == 303


def test_counting_starts_no_thread_and_forgets_what_is_over_when_it_is_time(monkeypatch):
    swept = []
    counts = SweptMemoryStorage()
    counts.timer.join()
    monkeypatch.setattr("limits.storage.memory.threading.Timer", lambda *_: swept.append(1))
    for number in range(100):
        assert counts.incr(f"each/{number}", 60) == 1
    assert not swept
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=False):
        assert counts.get("each/7") == 0
    monkeypatch.undo()
    monkeypatch.setattr("linkmsg.web.rate_limit_storage.SWEPT_EVERY", 0)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        counts.incr("new", 60)
        counts.timer.join()
    assert set(counts.expirations) == {"new"}
