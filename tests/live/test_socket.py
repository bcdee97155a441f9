"""The WebSocket on a real server: who may connect, and what it costs."""

from dataclasses import replace

import pytest
from simple_websocket import Client
from sqlalchemy import delete

from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.live.connection import HEARTBEAT
from linkmsg.live.hub import CATCH_UP
from linkmsg.models import MemberSession
from linkmsg.web import origins
from tests.people import sign_in
from tests.support.listeners import hub_of, label_now, share
from tests.support.websockets import HOST, ORIGIN, answer, cookie, end_of, next_with, soon


def test_members_connect_and_others_are_signed_out(app, connect, tab, ana, bo, cy, admin, talk):
    """Check the row SOCKET /live of the access table."""
    ended = app.test_client()
    sign_in(ended, ana.email)
    with app.app_context():
        db.session.execute(delete(MemberSession))
        db.session.commit()
    for stranger in ("", "no session", ended.get_cookie("session").value):
        assert end_of(connect(stranger)) == 4401
    tabs = {person.id: tab(person) for person in (ana, bo, cy, admin)}
    bo.send(talk, "Lunch?")
    for each in (ana, bo):
        assert next_with(tabs[each.id], "Lunch?")
    for each in (cy, admin):
        assert tabs[each.id].receive(timeout=0.2) is None


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", f"https://{HOST}", f"{ORIGIN}:1", f"{ORIGIN}/"]
)
def test_other_origin_is_refused_before_the_upgrade(server, ana, origin):
    with answer(server, cookie(ana)) as allowed:
        assert allowed.status == 101
    with answer(server, cookie(ana), Origin=origin) as refused:
        assert refused.status == 403


def test_configured_address_is_the_only_origin(server, app, ana, monkeypatch):
    monkeypatch.setitem(
        app.extensions, "linkmsg", Settings(base_url="https://mine.example", secret_key="s")
    )
    with answer(server, cookie(ana), Origin="https://mine.example") as allowed:
        assert allowed.status == 101
    with answer(server, cookie(ana)) as refused:
        assert refused.status == 403


def test_https_address_refuses_socket_over_plain_http(server, app, ana, monkeypatch):
    own = "https://mine.example"
    monkeypatch.setitem(app.extensions, "linkmsg", Settings(base_url=own, secret_key="s"))
    for plain in ("http", "ws", "https, http", "HTTP"):
        headers = {"Origin": own, "X-Forwarded-Proto": plain}
        with answer(server, cookie(ana), **headers) as refused:
            assert refused.status == 403, plain
    for secure in ("https", "wss", "http, https", ""):
        headers = {"Origin": own, "X-Forwarded-Proto": secure}
        with app.test_request_context(headers=headers):
            assert origins.may_open_socket(), secure


class TestWithOneSocket:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, sockets=1)

    def test_second_tab_has_to_retry_later(self, server, tab, ana, bo):
        first = tab(ana)
        with answer(server, cookie(bo)) as refused:
            assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
        plain = bo.get("/live")
        assert (plain.status_code, plain.headers["Retry-After"]) == (503, "15")
        first.close()
        soon(lambda: hub_of(ana).size == 0)
        assert bo.get("/live").status_code == 204
        assert tab(bo)


def test_page_that_is_behind_has_to_catch_up_first(connect, ana):
    assert ana.token
    page = label_now(ana.app)
    share(ana)
    assert connect(cookie(ana), snapshot=page).receive(timeout=120) == CATCH_UP
    assert connect(cookie(ana)).receive(timeout=0.3) is None


def test_heartbeat_comes_at_once_and_at_every_interval(connect, ana, monkeypatch):
    monkeypatch.setattr("linkmsg.live.connection.HEARTBEAT_INTERVAL", 0.05)
    client = connect(cookie(ana))
    assert [Client.receive(client, timeout=120) for _ in range(3)] == [HEARTBEAT] * 3


def test_long_message_of_a_browser_closes_the_connection(tab, ana):
    client = tab(ana)
    client.send("x" * 20_000)
    assert end_of(client) == 1009
    soon(lambda: hub_of(ana).size == 0)


def test_messages_of_a_browser_are_ignored_and_counted(tab, ana, bo, talk, caplog):
    client = tab(ana)
    [line] = hub_of(ana).connections()
    for _ in range(3):
        client.send('{"type": "send", "body": "Hello"}')
    soon(lambda: line.ignored == 3)
    bo.send(talk, "Lunch?")
    assert next_with(client, "Lunch?")
    with caplog.at_level("INFO"):
        client.close()
        soon(lambda: "ignored 3 messages of a tab" in caplog.text)


def test_sockets_hold_no_database_connection(app, tab, ana):
    tabs = [tab(ana) for _ in range(20)]
    assert len(tabs) == hub_of(ana).size
    with app.app_context():
        pool = db.engine.pool
    soon(lambda: pool.checkedout() == 0)
    assert ana.get("/messaging").status_code == 200


class TestWithoutPresenceGrace:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, presence_grace=0)

    def test_connections_see_a_member_come_and_go(self, tab, ana, bo, cy):
        bos, cys = tab(bo), tab(cy)
        anas = tab(ana)
        dot = f"[data-dot='{ana.id}']"
        assert "online" in next_with(bos, dot)
        anas.close()
        assert "online" not in next_with(bos, dot)
        assert dot not in (cys.receive(timeout=0.2) or "")

    def test_monitor_stops_with_the_last_tab_and_starts_again(self, app, tab, ana):
        monitor, client = app.extensions["linkmsg.presence"], tab(ana)
        soon(lambda: monitor._thread is not None and monitor._thread.is_alive())
        thread = monitor._thread
        client.close()
        soon(lambda: not thread.is_alive())
        assert hub_of(ana).size == 0
        assert tab(ana)
        soon(lambda: monitor._thread is not None)


def test_failing_socket_logs_no_message(tab, ana, bo, talk, monkeypatch, caplog):
    body = "The heron flies at dawn"

    def fail(self, frame):
        raise ValueError(f"can't send {frame}")

    monkeypatch.setattr("simple_websocket.Server.send", fail)
    assert tab(ana).connected
    assert bo.send(talk, body).status_code == 303
    soon(lambda: "request failed" in caplog.text)
    assert "ValueError: (message withheld)" in caplog.text
    assert "heron" not in caplog.text
