"""Requests of other sites: they send no form, and set no cookie in a member's browser."""

from dataclasses import replace

import pytest

from linkmsg.config import from_environment
from tests.people import PASSWORD, nonce, token_in
from tests.support.database_rows import message_bodies

pytestmark = pytest.mark.any_database

OURS, THEIRS = "http://localhost", "https://evil.example"


def fetched(site=None, origin=None, mode=None, dest=None):
    """Return the headers with which a browser says where a request comes from."""
    named = {"Sec-Fetch-Site": site, "Origin": origin}
    named |= {"Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest}
    return {name: value for name, value in named.items() if value is not None}


@pytest.mark.parametrize(
    ("site", "origin", "is_ours"),
    [
        (None, None, True),  # a browser too old for both; the token decides
        (None, OURS, True),
        ("same-origin", OURS, True),
        ("same-origin", None, True),
        ("same-origin", "null", True),
        ("none", None, True),
        ("none", OURS, True),
        (None, THEIRS, False),
        (None, "null", False),
        (None, "", False),
        (None, f"{OURS}:81", False),
        (None, f"{OURS}.evil.example", False),
        (None, "https://localhost", False),
        ("none", "null", False),
        ("none", THEIRS, False),
        ("same-origin", THEIRS, True),  # the server does not know its own address
        ("same-site", OURS, False),
        ("same-site", None, False),
        ("cross-site", OURS, False),
        ("cross-site", None, False),
        ("cross-site", "null", False),
        ("Same-Origin", OURS, False),
        ("", OURS, False),
    ],
)
def test_only_forms_of_this_site_are_accepted(ana, talk, site, origin, is_ours):
    path, headers = f"/messaging/{talk}", fetched(site, origin)
    form = {"csrf_token": ana.token, "body": "My text", "nonce": nonce()}
    for method in ("PUT", "PATCH", "DELETE"):
        answer = ana.client.open(path, method=method, data=form, headers=headers)
        assert answer.status_code == (405 if is_ours else 403)
    answer = ana.client.post(path, data=form, headers=headers)
    assert answer.status_code == (303 if is_ours else 403)
    assert message_bodies(ana).count("My text") == is_ours
    stale = ana.client.post(path, data=form | {"csrf_token": ""}, headers=headers)
    assert (stale.status_code, "My text" in stale.text) == (400 if is_ours else 403, is_ours)


POST, GET, HEAD = "POST", "GET", "HEAD"


@pytest.mark.parametrize(
    ("method", "headers", "may_set"),
    [
        (GET, {}, True),
        (GET, fetched("none", None, "navigate", "document"), True),
        (GET, fetched("same-origin", None, "navigate", "document"), True),
        (GET, fetched("same-origin", OURS, "cors", "empty"), True),
        (GET, fetched("cross-site", None, "navigate", "document"), True),  # a link in a mail
        (HEAD, fetched("cross-site", None, "navigate", "document"), True),
        (GET, fetched("same-site", None, "navigate", "document"), True),
        (GET, fetched("cross-site", None, "navigate", "iframe"), False),
        (GET, fetched("cross-site", None, "navigate", "object"), False),
        (GET, fetched("cross-site", None, "no-cors", "image"), False),
        (GET, fetched("cross-site", None, "no-cors", "document"), False),
        (GET, fetched("cross-site", THEIRS, "cors", "empty"), False),
        (GET, fetched("cross-site", THEIRS, "navigate", "document"), False),
        (GET, fetched("same-site", None, "no-cors", "script"), False),
        (GET, fetched("cross-site"), False),
        (GET, fetched(None, THEIRS), False),
        (POST, {}, True),
        (POST, fetched("same-origin", OURS, "navigate", "document"), True),
        (POST, fetched("cross-site", THEIRS, "navigate", "document"), False),
        (POST, fetched("cross-site", "null", "navigate", "document"), False),
        (POST, fetched("cross-site", None, "navigate", "document"), False),
        (POST, fetched("same-site", None, "navigate", "document"), False),
        (POST, fetched(None, THEIRS), False),
        (POST, fetched(None, "null"), False),
    ],
)
def test_other_sites_set_no_cookies(nobody, ana, method, headers, may_set):
    for path in ("/sign-in", "/sign-up") if method != POST else ("/messaging/1", "/sign-in"):
        form = {"email": "a@example.com"} if method == POST else None
        answer = nobody.open(path, method=method, headers=headers, data=form)
        assert ("Set-Cookie" in answer.headers) is may_set, path
        nobody.delete_cookie("session")


def test_other_site_cannot_sign_a_member_out_or_in(app, ana, bo):
    theirs = fetched("cross-site", THEIRS, "navigate", "document")
    assert ana.get("/messaging").status_code == 200
    session = ana.client.get_cookie("session")
    ana.client.delete_cookie("session")  # a browser sends no Lax cookie with this form
    for path in ("/messaging/1", "/sign-out", "/nowhere", "/sign-in"):
        answer = ana.client.post(path, data={"body": "Hi"}, headers=theirs)
        assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (403, [])
    assert ana.client.get_cookie("session") is None
    ana.client.set_cookie("session", session.value)
    assert ana.get("/messaging").status_code == 200
    visitor = app.test_client()
    form = {"csrf_token": token_in(visitor.get("/sign-in").text), "email": bo.email}
    answer = visitor.post("/sign-in", data=form | {"password": PASSWORD}, headers=theirs)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie")) == (403, [])


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://talk.example.com", "https://talk.example.com"),
        ("https://Talk.Example.com:443/", "https://talk.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_configured_address_is_our_origin(app, base_url, origin):
    given = from_environment({"LINKMSG_BASE_URL": base_url, "LINKMSG_SECRET_KEY": "s" * 32})
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], base_url=given.base_url)
    client = app.test_client()
    for asked, status in ((origin, 400), (f"{origin}1", 403), ("http://localhost:81", 403)):
        answer = client.post("/sign-in", headers={"Origin": asked})
        assert answer.status_code == status, asked
