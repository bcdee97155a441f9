"""Rate limits: how often, how long to wait, and who is not affected."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from linkmsg.db import db
from linkmsg.models import Message
from linkmsg.web.rate_limit_storage import MAX_WAIT
from tests.people import nonce, sign_in, token_in

pytestmark = pytest.mark.any_database

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


def try_sign_in(client, email, password, address=HERE):
    """Try to sign in from a network address."""
    page = client.get("/sign-in", environ_base={"REMOTE_ADDR": address})
    form = {"csrf_token": token_in(page.text), "email": email, "password": password}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})


def fail(client, email, times=5, address=HERE):
    """Fail to sign in several times."""
    for _ in range(times):
        assert try_sign_in(client, email, "not the password", address).status_code == 422


RIGHT = "correct horse battery"


def test_five_failures_block_even_the_right_password(clock, nobody, ana):
    fail(nobody, ana.email)
    answer = try_sign_in(nobody, ana.email.upper(), RIGHT)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"
    assert "Wait 30 seconds" in answer.text
    assert 'value="ANA@EXAMPLE.COM"' in answer.text
    assert RIGHT not in answer.text
    clock.shift(timedelta(seconds=31))
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 303


def test_success_resets_four_failures(clock, nobody, ana):
    fail(nobody, ana.email, times=4)
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 303
    other = ana.app.test_client()
    fail(other, ana.email, times=4)
    assert try_sign_in(other, ana.email, RIGHT).status_code == 303


def test_failures_expire_after_fifteen_minutes(clock, nobody, ana):
    fail(nobody, ana.email, times=4)
    clock.shift(timedelta(minutes=15, seconds=1))
    fail(nobody, ana.email, times=4)
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 303


def test_wait_doubles_up_to_fifteen_minutes(clock, nobody, ana):
    waits = []
    for _ in range(7):
        while (answer := try_sign_in(nobody, ana.email, "not the password")).status_code == 422:
            pass
        waits.append(int(answer.headers["Retry-After"]))
        clock.shift(timedelta(seconds=waits[-1] + 1))
    assert waits == [30, 60, 120, 240, 480, MAX_WAIT, MAX_WAIT]


def test_other_accounts_and_addresses_are_not_blocked(clock, nobody, ana, bo):
    fail(nobody, ana.email)
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 429
    assert try_sign_in(ana.app.test_client(), ana.email, RIGHT, ELSEWHERE).status_code == 303
    assert try_sign_in(nobody, bo.email, RIGHT).status_code == 303


def test_known_device_ignores_failures_of_others(clock, nobody, ana):
    known = ana.app.test_client()
    assert try_sign_in(known, ana.email, RIGHT).status_code == 303
    known.delete_cookie("session")
    fail(nobody, ana.email)
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 429
    assert try_sign_in(known, ana.email, RIGHT).status_code == 303


def test_known_device_has_own_limit_for_its_account_only(clock, ana, bo):
    known = ana.app.test_client()
    try_sign_in(known, ana.email, RIGHT)
    known.delete_cookie("session")
    fail(known, ana.email)
    assert try_sign_in(known, ana.email, RIGHT, ELSEWHERE).status_code == 429
    fail(known, bo.email)
    assert try_sign_in(known, bo.email, RIGHT, ELSEWHERE).status_code == 303


@pytest.mark.parametrize("forged", ["", "x", "WyJ4IixbXV0.aaaa", "null", "é"])
def test_forged_device_cookie_is_ignored(clock, nobody, ana, forged):
    nobody.set_cookie("device", forged)
    fail(nobody, ana.email)
    assert try_sign_in(nobody, ana.email, RIGHT).status_code == 429


def sent_count(person):
    """Return how many messages a person has sent."""
    with person.app.app_context():
        return db.session.scalar(select(func.count()).where(Message.author_id == person.id))


def test_sixty_first_message_in_a_minute_is_refused(clock, ana, bo, talk):
    for number in range(60):
        assert ana.send(talk, f"Message {number}").status_code == 303
    before = sent_count(ana)
    answer = ana.send(talk, "One too many")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "60"
    assert "this message wasn’t sent. Wait 60 seconds" in answer.text
    assert sent_count(ana) == before
    assert bo.send(talk, "I may").status_code == 303
    clock.shift(timedelta(seconds=61))
    assert ana.send(talk, "Again").status_code == 303


def test_all_ways_to_send_share_the_limit(clock, ana, bo, talk):
    for number in range(60):
        ana.send(talk, f"Message {number}")
    answer = ana.post("/messaging/new", to="bo-lindqvist", body="Another way", nonce=nonce())
    assert (answer.status_code, "Another way" in answer.text) == (429, True)


def test_repeated_nonce_counts_once(clock, ana, talk):
    again = nonce()
    for _ in range(70):
        assert ana.send(talk, "The same", nonce=again).status_code == 303
    for number in range(59):
        assert ana.send(talk, f"Message {number}").status_code == 303
    assert ana.send(talk, "One too many").status_code == 429


def test_refused_message_is_refused_again(clock, ana, talk):
    for number in range(60):
        ana.send(talk, f"Message {number}")
    again = nonce()
    for _ in range(2):
        assert ana.send(talk, "One too many", nonce=again).status_code == 429


def test_sixty_first_search_at_once_is_refused(clock, ana):
    for _ in range(60):
        assert ana.get("/people?q=bo").status_code == 200
    answer = ana.get("/people?q=bo")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    clock.shift(timedelta(seconds=31))
    assert ana.get("/people?q=bo").status_code == 200


def test_successful_sign_ins_are_not_limited(clock, app, ana):
    for _ in range(12):
        assert sign_in(app.test_client(), ana.email).status_code == 303
