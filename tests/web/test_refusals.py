"""Refused sign-ins and tokens are one line in the log: who, and why."""

import pytest

from linkmsg.web.refusals import client_address
from tests.people import sign_in, token_in

WRONG = "a wrong password"


def lines(caplog):
    return [each.getMessage() for each in caplog.records]


def test_refused_sign_in_is_logged_without_what_was_typed(nobody, ana, caplog):
    nobody.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    for email in (ana.email, "typed\nsign-in refused for 10.0.0.1@example.com"):
        sign_in(nobody, email, WRONG)
    for _ in range(5):
        sign_in(nobody, ana.email, WRONG)
    wrong = "sign-in refused for 192.0.2.7: wrong address or password"
    held = "sign-in refused for 192.0.2.7: too many attempts"
    assert lines(caplog)[0] == wrong
    assert lines(caplog)[-1] == held
    assert set(lines(caplog)) == {wrong, held}


def test_refused_tokens_are_logged(app, nobody, admin, caplog):
    form = {"email": admin.email, "password": WRONG}
    nobody.post("/sign-in", data={"csrf_token": "forged", **form})
    nobody.get("/sign-up?invite=forged", follow_redirects=True)
    assert lines(caplog) == [
        "a form refused for 127.0.0.1: its CSRF token is not valid",
        "sign-up refused for 127.0.0.1: the invite link is not valid any more",
    ]


def test_refused_setup_token_is_logged(nobody, caplog):
    token = token_in(nobody.get("/setup").text)
    form = {"place": "Harbour", "name": "Ada", "email": "ada@example.com"}
    nobody.post("/setup", data={"csrf_token": token, "token": "x", "password": WRONG, **form})
    assert lines(caplog) == ["set-up refused for 127.0.0.1: wrong token"]


@pytest.mark.parametrize(
    ("sent", "logged"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0\nroot", "fe80::1"),
        ("10.0.0.1\nsign-in refused", "unknown"),
        ("", "unknown"),
    ],
)
def test_address_of_a_client_is_an_address(app, sent, logged):
    with app.test_request_context(environ_base={"REMOTE_ADDR": sent}):
        assert client_address() == logged
