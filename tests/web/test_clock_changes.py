"""Somebody sets the clock of the machine: waits stay as long as they were."""

from datetime import timedelta

import pytest

from tests.people import PASSWORD, sign_in
from tests.support.time_travel import clock_set_by


@pytest.mark.parametrize("hours", [-1, 1, 24 * 365])
def test_wait_after_wrong_passwords_ignores_a_set_clock(nobody, ana, hours):
    for _ in range(5):
        assert sign_in(nobody, ana.email, "not the password").status_code == 422
    with clock_set_by(timedelta(hours=hours)):
        answer = sign_in(nobody, ana.email, PASSWORD)
    assert (answer.status_code, int(answer.headers["Retry-After"]) <= 30) == (429, True)


@pytest.mark.parametrize("hours", [-1, 24])
def test_limit_of_messages_ignores_a_set_clock(ana, talk, hours):
    for number in range(60):
        assert ana.send(talk, f"Message {number}").status_code == 303
    with clock_set_by(timedelta(hours=hours)):
        answer = ana.send(talk, "One too many")
    assert (answer.status_code, int(answer.headers["Retry-After"]) <= 60) == (429, True)
