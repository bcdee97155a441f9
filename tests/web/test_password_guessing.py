"""Password guessing, and invalid addresses in requests."""

import pytest

from linkmsg.actions import accounts, invite_links, messages, sessions
from linkmsg.actions.passwords import hash_password
from linkmsg.models import Member
from linkmsg.web.invite_links import invite_url
from tests.people import PARTIAL, PASSWORD, join, sign_in
from tests.support.concurrency import run_together

WRONG = "not the password"


def test_concurrent_guesses_stop_at_the_limit(app, ana):
    browsers = [app.test_client() for _ in range(12)]
    guesses = [lambda each=each: sign_in(each, ana.email, WRONG).status_code for each in browsers]
    given = run_together(app, *guesses)
    assert given.count(422) == 5
    assert given.count(429) == 7


def test_guesses_from_one_ipv6_network_count_together(app, ana):
    client = app.test_client()
    for number in range(6):
        client.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number + 1:x}"
        answer = sign_in(client, ana.email, WRONG)
    assert answer.status_code == 429
    client.environ_base["REMOTE_ADDR"] = "2001:db8:1:3::1"
    assert sign_in(client, ana.email, WRONG).status_code == 422


def test_guesses_from_mapped_ipv4_addresses_count_apart(app, ana):
    client = app.test_client()
    for number in range(6):
        client.environ_base["REMOTE_ADDR"] = f"::ffff:192.0.2.{number + 1}"
        assert sign_in(client, ana.email, WRONG).status_code == 422
    client.environ_base["REMOTE_ADDR"] = "fe80::1%eth0"
    assert sign_in(client, ana.email, WRONG).status_code == 422


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/account/password", {"current": WRONG, "new": "another good password"}),
        ("/settings/account/email", {"password": WRONG, "email": "elsewhere@example.com"}),
    ],
)
def test_stolen_session_cannot_guess_the_password(clock, ana, path, form):
    for _ in range(5):
        assert "Incorrect password" in ana.post(path, **form).text
    right = {**form, **({"current": PASSWORD} if "current" in form else {"password": PASSWORD})}
    answer = ana.post(path, **right)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert "Too many incorrect passwords. Wait 30 seconds" in answer.text


@pytest.mark.parametrize("password", ["\u202acorrect horse battery", "correct\x7f horse battery"])
def test_password_with_unusual_characters_signs_in(app, nobody, password):
    with app.app_context():
        accounts.add_member("zed@example.com", "Zed Zee", password)
    assert sign_in(nobody, "zed@example.com", password).status_code == 303


def test_password_changed_during_sign_in_opens_no_session(app, ana, monkeypatch):
    def then_reset(email, password):
        member = ana.member()
        return Member(id=member.id, name=member.name, password_hash=hash_password("an older one"))

    monkeypatch.setattr(sessions, "authenticate", then_reset)
    assert sign_in(app.test_client(), ana.email).status_code == 409


def test_invite_link_of_closed_admin_is_refused(app, admin, nobody):
    join(app, "Eve Admin", admin=True)
    with app.test_request_context():
        address = invite_url(invite_links.make(admin.member(), max_uses=None, days=7))
    assert nobody.get(address, follow_redirects=True).status_code == 200
    with app.app_context():
        accounts.disable(admin.member())
    assert nobody.get(address, follow_redirects=True).status_code == 403


@pytest.mark.parametrize("address", ["//[", "http://[x", "/\\[", "//[::1"])
def test_invalid_next_address_redirects_home(app, ana, nobody, address):
    assert sign_in(nobody, ana.email, next=address).headers["Location"] == "/"
    assert app.test_client().get("/sign-in", query_string={"next": address}).status_code == 200


def test_invalid_current_url_redirects_to_sign_in(nobody):
    answer = nobody.get("/messaging", headers=PARTIAL | {"HX-Current-URL": "http://["})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/"


def test_text_is_returned_after_a_server_error(app, ana, talk, monkeypatch):
    app.testing = False

    def breaks(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(messages, "send", breaks)
    answer = ana.send(talk, "A text to keep")
    assert answer.status_code == 500
    assert "A text to keep" in answer.text


def test_default_link_lifetime_is_offered(app, settings):
    assert join(app, "Ada Keeper", admin=True).get("/admin/invite-links").text.count("<option") == 3
