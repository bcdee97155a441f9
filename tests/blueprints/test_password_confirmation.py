"""The session's token is new after a password change, and ending other sessions asks for it."""

from datetime import timedelta

import pytest
import time_machine

from linkmsg import clock
from tests.people import PASSWORD, sign_in, token_in

NEW = "another long sentence"
END = "/settings/sessions/end-others"


@pytest.fixture
def later():
    """Travel to a time after the sign-in at which the password is asked for again."""
    with time_machine.travel(clock.now(), tick=False) as now:
        yield lambda **time: now.shift(timedelta(**time))


def test_password_change_renews_the_token(app, ana):
    token = ana.token
    thief = app.test_client()
    thief.set_cookie("session", ana.client.get_cookie("session").value)
    assert thief.get("/messaging").status_code == 200
    ana.post("/settings/account/password", current=PASSWORD, new=NEW)
    assert thief.get("/messaging").status_code == 303
    # An open tab of this browser has a form from before.
    answer = ana.client.post("/settings/appearance", data={"csrf_token": token, "theme": "dark"})
    assert answer.status_code == 303


@pytest.mark.parametrize("remember", ["", "y"])
def test_renewed_session_lasts_as_long_as_before(nobody, ana, remember):
    sign_in(nobody, ana.email, **({"remember": remember} if remember else {}))
    form = {"csrf_token": token_in(nobody.get("/settings/account").text)}
    form |= {"current": PASSWORD, "new": NEW}
    assert nobody.post("/settings/account/password", data=form).status_code == 303
    assert (nobody.get_cookie("session").expires is not None) is bool(remember)


@pytest.mark.parametrize(("minutes", "status"), [(14, 303), (15, 403), (24 * 60, 403)])
def test_ending_sessions_asks_for_an_old_password(ana, phone, later, minutes, status):
    assert ana.token
    later(minutes=minutes)
    assert ana.post(END).status_code == status
    assert phone.get("/messaging").status_code == (303 if status == 303 else 200)


@pytest.mark.parametrize("path", [END, "/settings/sessions/{id}/end"])
def test_right_password_ends_what_was_asked_for(app, ana, phone, later, path):
    assert ana.token
    path = path.format(id=1)  # of the phone, which signed in first
    later(minutes=20)
    page = ana.post(path)
    assert (page.status_code, f'action="{path}"' in page.text) == (403, True)
    for wrong, sentence in (("", "Enter your password"), ("wrong", "Incorrect password")):
        answer = ana.post(path, password=wrong)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert phone.get("/messaging").status_code == 200
    assert ana.post(path, password=PASSWORD).location == "/settings/sessions"
    assert phone.get("/messaging").status_code == 303
    assert ana.post(END).status_code == 303  # for a while


def test_any_right_password_counts(ana, later):
    assert ana.token
    later(minutes=20)
    ana.post("/settings/account/email", email="ana@example.org", password="wrong")
    assert ana.post(END).status_code == 403
    ana.post("/settings/account/email", email="ana@example.org", password=PASSWORD)
    assert ana.post(END).status_code == 303


def test_guesses_of_the_password_are_counted(ana, later):
    assert ana.token
    later(minutes=20)
    for _ in range(5):
        ana.post(END, password="wrong")
    assert "Too many incorrect passwords" in ana.post(END, password=PASSWORD).text
