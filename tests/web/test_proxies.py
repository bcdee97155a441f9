"""Headers of reverse proxies: believed only from trusted ones, and never an error."""

import pytest
from sqlalchemy import select

from linkmsg.config import Settings, networks
from linkmsg.db import db
from linkmsg.models import MemberSession
from tests.people import PASSWORD, token_in

pytestmark = pytest.mark.any_database

PROXY = "127.0.0.1"


@pytest.fixture
def settings(database_url, tmp_path):
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="of the tests",
        trusted_proxies=networks("127.0.0.0/8, fd00::/8"),
    )


def address_of_session(app, person, peer=PROXY, **headers):
    """Sign a person in through a proxy; return the address that is stored with the session."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = peer
    form = {"csrf_token": token_in(client.get("/sign-in").text), "email": person.email}
    answer = client.post("/sign-in", data=form | {"password": PASSWORD}, headers=headers)
    assert answer.status_code == 303
    with app.app_context():
        newest = select(MemberSession.address).order_by(MemberSession.id.desc()).limit(1)
        return db.session.scalar(newest)


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:5555", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ('"203.0.113.7:80"', "203.0.113.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ('"[2001:db8::7]:443"', "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("6.6.6.6,7.7.7.7,203.0.113.7:1", "203.0.113.7"),
        ("6.6.6.6, " * 2_000 + "203.0.113.7", "203.0.113.7"),
        ("203.0.113.7, unknown", PROXY),
        ("203.0.113.7,", PROXY),
        ("unknown", PROXY),
        ("_hidden", PROXY),
        ("", PROXY),
        ("203.0.113.7:http", PROXY),
        ("203.0.113.7:", PROXY),
        ("203.0.113.256", PROXY),
        ("203.0.113.07", PROXY),
        ("1.2.3", PROXY),
        ("[2001:db8::7", PROXY),
        ("[203.0.113.7]:443x", PROXY),
        ("2001:db8::7]:443", PROXY),
        ("\u0661.1.1.1".encode().decode("latin1"), PROXY),
        ("9" * 20_000, PROXY),
        ("[" * 20_000, PROXY),
    ],
)
def test_client_address_is_read_or_else_that_of_the_proxy(app, ana, forwarded, address):
    found = address_of_session(app, ana, **{"X-Forwarded-For": forwarded})
    assert found == address


def test_untrusted_client_cannot_choose_its_address(app, ana):
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "evil.example"}
    assert address_of_session(app, ana, "203.0.113.9", **headers) == "203.0.113.9"
    assert address_of_session(app, ana, "::ffff:127.0.0.1", **headers) == "203.0.113.7"


@pytest.mark.parametrize(
    ("proto", "host", "origin"),
    [
        ("https", "talk.example.com", "https://talk.example.com"),
        ("https", "talk.example.com:8443", "https://talk.example.com:8443"),
        ("wss", "talk.example.com", "https://talk.example.com"),
        ("HTTPS", "talk.example.com", "https://talk.example.com"),
        ("javascript", "talk.example.com", "http://talk.example.com"),
        ("", "talk.example.com", "http://talk.example.com"),
    ],
)
def test_scheme_and_host_of_a_trusted_proxy_are_our_origin(nobody, proto, host, origin):
    headers = {"X-Forwarded-Proto": proto, "X-Forwarded-Host": host, "X-Forwarded-For": "1.1.1.1"}
    assert nobody.post("/sign-in", headers=headers | {"Origin": origin}).status_code == 400
    other = {"Origin": "http://localhost"}
    assert nobody.post("/sign-in", headers=headers | other).status_code == 403


@pytest.mark.parametrize("host", ["a b", "evil\0host", "x/../y", "[::1", "\xff", ":80", "a" * 5000])
def test_odd_host_of_a_proxy_is_no_error(nobody, host):
    for method in ("GET", "POST"):
        answer = nobody.open(
            "/sign-in", method=method, environ_overrides={"HTTP_X_FORWARDED_HOST": host}
        )
        assert answer.status_code in {200, 400, 403}
        answer = nobody.open("/sign-in", method=method, environ_overrides={"HTTP_HOST": host})
        assert answer.status_code in {200, 400, 403}
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_missing_client_address_is_logged_once(app, nobody, caplog):
    nobody.get("/sign-in", headers={"X-Forwarded-For": "203.0.113.7"})
    nobody.get("/sign-in", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    nobody.get("/healthz")
    assert "X-Forwarded-For" not in caplog.text
    for value in ({}, {"X-Forwarded-For": "unknown"}, {}):
        assert nobody.get("/sign-in", headers=value).status_code == 200
    assert caplog.text.count("X-Forwarded-For") == 1
