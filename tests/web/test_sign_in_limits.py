"""Guessing passwords: many accounts from one address, one account from many addresses."""

from datetime import timedelta

import pytest

from linkmsg.web.sign_in_limits import forget_password_attempts, password_attempt_wait
from tests.people import sign_in

WRONG = "not the password"


def at(client, address):
    """Return a browser, which is now at a network address."""
    client.environ_base["REMOTE_ADDR"] = address
    return client


@pytest.mark.parametrize(
    ("address", "others"),
    [
        ("192.0.2.1", ["192.0.2.2", "::ffff:192.0.2.2"]),
        ("::ffff:192.0.2.1", ["192.0.2.2"]),
        ("2001:db8:1:2::{}", ["2001:db8:1:3::1", "192.0.2.1"]),
    ],
)
def test_one_address_cannot_try_many_accounts(clock, app, ana, address, others):
    """Forty-five accounts in 10 seconds were possible."""
    client = app.test_client()
    for number in range(45):
        answer = sign_in(at(client, address.format(number + 1)), f"p{number}@example.com", WRONG)
        assert answer.status_code == (422 if number < 30 else 429)
    assert answer.headers["Retry-After"] == "60"
    assert "Wait 60 seconds" in answer.text
    assert 'value="p44@example.com"' in answer.text
    for other in others:
        assert sign_in(at(app.test_client(), other), "p44@example.com", WRONG).status_code == 422
    clock.shift(timedelta(seconds=61))
    assert sign_in(at(client, address.format(1)), ana.email).status_code == 303


def test_one_address_stops_at_a_hundred_in_15_minutes(clock, app):
    waits = []
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for number in range(400):
            clock.shift(timedelta(seconds=2.1))
            waits.append(password_attempt_wait(f"p{number}@example.com"))
    assert waits.index(max(waits)) == 100
    assert sum(not wait for wait in waits) == 100


def test_office_of_three_hundred_signs_in_unhindered(clock, app):
    """All sign in on new devices within 15 minutes, every fourth after one or two wrong tries."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for number in range(300):
            email = f"p{number}@example.com"
            for _ in range(1 + (number % 4 == 0) + (number % 16 == 0)):
                assert password_attempt_wait(email) == 0
            forget_password_attempts(email)
            clock.shift(timedelta(seconds=3))


def test_three_hundred_may_sign_in_in_the_same_minute(clock, app):
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.1"}):
        for number in range(300):
            assert password_attempt_wait(f"p{number}@example.com") == 0
            forget_password_attempts(f"p{number}@example.com")


def test_many_addresses_cannot_guess_one_account(clock, app, ana):
    known = at(app.test_client(), "192.0.2.200")
    assert sign_in(known, ana.email).status_code == 303
    known.delete_cookie("session")
    for number in range(20):
        client = at(app.test_client(), f"192.0.2.{number}")
        assert sign_in(client, ana.email, WRONG).status_code == 422
    fresh = at(app.test_client(), "198.51.100.1")
    answer = sign_in(fresh, ana.email)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert sign_in(known, ana.email).status_code == 303
    assert sign_in(at(app.test_client(), "192.0.2.1"), "bo@example.com", WRONG).status_code == 422
    clock.shift(timedelta(seconds=31))
    assert sign_in(fresh, ana.email).status_code == 303


def test_wait_of_an_account_grows_and_is_never_a_lock_out(clock, app):
    waits = []
    for number in range(200):
        address = f"2001:db8:0:{number:x}::1"
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            if wait := password_attempt_wait("ana@example.com"):
                waits.append(wait)
                clock.shift(timedelta(seconds=wait))
    assert waits[:7] == [30, 60, 120, 240, 480, 900, 900]
    assert set(waits[7:]) <= {900}


def test_right_password_does_not_forgive_guesses_of_others(clock, app, ana):
    for number in range(19):
        sign_in(at(app.test_client(), f"192.0.2.{number}"), ana.email, WRONG)
    for number in range(3):
        assert sign_in(at(app.test_client(), f"198.51.100.{number}"), ana.email).status_code == 303
    sign_in(at(app.test_client(), "192.0.2.19"), ana.email, WRONG)
    assert sign_in(at(app.test_client(), "198.51.100.9"), ana.email).status_code == 429
