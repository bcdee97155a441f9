"""A wrong LINKMSG_BASE_URL is said in the log and to admins, not hidden in refused WebSockets."""

from dataclasses import replace

import pytest
from markupsafe import escape

from tests.support.websockets import cookie

NOTICE = "Members reach this server at"
SITE = "https://talk.example.com"


@pytest.fixture
def configured(app):
    """Configure an address of the site."""
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], base_url=SITE)


def open_socket(person, origin, **headers):
    """Ask for a WebSocket as a page of an origin does; return the response."""
    assert person.client
    headers = {"Origin": origin, "Cookie": f"session={cookie(person)}", **headers}
    browser = person.app.test_client(use_cookies=False)
    return browser.get("/live", headers={"Upgrade": "websocket", **headers})


def notices(caplog):
    return [each.getMessage() for each in caplog.records if NOTICE in each.getMessage()]


SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        ("http://localhost", {}),
        ("http://localhost:8080", {}),
        ("https://chat.example.com", {"Host": "chat.example.com"}),
        ("https://chat.example.com", SAME_ORIGIN),
        ("http://[2001:db8::1]:8000", {"Host": "[2001:db8::1]:8000"}),
    ],
)
def test_other_address_is_said_in_the_log_and_to_admins(
    configured, ana, admin, caplog, origin, headers
):
    for _ in range(3):
        open_socket(ana, origin, **headers)
    (logged,) = notices(caplog)
    assert f"{NOTICE} {origin}, but LINKMSG_BASE_URL is {SITE}." in logged
    for path in ("/admin/invite-links", "/settings/profile"):
        assert str(escape(logged)) in admin.get(path).text
    assert NOTICE not in ana.get("/settings/profile").text


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        (SITE, {}),
        ("https://evil.example", {}),
        ("https://evil.example", {"Sec-Fetch-Site": "cross-site"}),
        ("null", SAME_ORIGIN),
        ("http://[::1", {}),
        ("http://localhost.evil.example", {}),
    ],
)
def test_other_sites_and_the_right_address_are_not_said(
    configured, ana, admin, caplog, origin, headers
):
    open_socket(ana, origin, **headers)
    assert notices(caplog) == []
    assert NOTICE not in admin.get("/admin/invite-links").text


def test_address_is_said_if_a_proxy_hides_it(ana, admin, caplog):
    open_socket(ana, "https://localhost")
    (logged,) = notices(caplog)
    assert "it believes that it is at http://localhost" in logged
    assert "Set LINKMSG_BASE_URL=https://localhost and restart linkmsg." in logged


def test_visitor_can_tell_admins_nothing_and_not_fill_the_log(configured, nobody, admin, caplog):
    for number in range(20):
        host = f"evil{number}.example"
        headers = {"Host": host, "Origin": f"http://{host}", "Upgrade": "websocket"}
        nobody.get("/live", headers=headers)
    assert len(notices(caplog)) == 5
    assert NOTICE not in admin.get("/admin/invite-links").text
