"""What closes a WebSocket, and with which code."""

import socket

from sqlalchemy import delete, select

from linkmsg.db import db
from linkmsg.live.connection import TabConnection
from linkmsg.models import MemberSession
from tests import people
from tests.support.listeners import hub_of
from tests.support.websockets import HOST, UPGRADE, cookie, end_of, is_open, soon


def sessions_of(person):
    """Return the ids of a person's sessions, oldest first."""
    with person.app.app_context():
        mine = select(MemberSession.id).where(MemberSession.member_id == person.id)
        return list(db.session.scalars(mine.order_by(MemberSession.id)))


def test_session_ended_elsewhere_closes_only_its_tabs(app, tab, ana):
    here = tab(ana)
    other = people.Person(app, ana.id, ana.name, ana.email, ana.handle)
    there = tab(other)
    first, second = sessions_of(ana)
    assert {each.session_id for each in hub_of(ana).connections()} == {first, second}
    other.post(f"/settings/sessions/{first}/end")
    assert end_of(here) == 4401
    assert is_open(there)


def test_signing_out_closes_the_tabs_of_this_browser(tab, ana):
    client = tab(ana)
    ana.post("/sign-out")
    assert end_of(client) == 4401


def test_session_ended_by_another_process_closes_its_tabs(app, tab, ana, bo):
    anas, bos = tab(ana), tab(bo)
    with app.app_context():
        db.session.execute(delete(MemberSession).where(MemberSession.member_id == ana.id))
        db.session.commit()
    assert end_of(anas) == 4401
    assert is_open(bos)


def test_closed_account_closes_its_tabs(tab, ana, bo, admin):
    anas, bos = tab(ana), tab(bo)
    admin.post(f"/admin/members/{ana.id}/disable")
    assert end_of(anas) == 4401
    assert is_open(bos)


def test_closing_hub_closes_all_tabs_at_once(tab, ana, bo):
    tabs = [tab(ana), tab(ana), tab(bo)]
    hub_of(ana).close()
    # Each gets the code itself: one that the hub had waited for would have been cut off without.
    assert [end_of(each) for each in tabs] == [1012] * 3
    soon(lambda: hub_of(ana).size == 0)


def test_browser_that_does_not_answer_is_cut_off(server, ana, monkeypatch):
    aborted, abort = [], TabConnection.abort
    monkeypatch.setattr(TabConnection, "abort", lambda each: (aborted.append(each), abort(each)))
    with socket.create_connection((HOST, server.port), timeout=120) as rude:
        given = UPGRADE | {"Cookie": f"session={cookie(ana)}"}
        lines = ["GET /live HTTP/1.1", *(f"{key}: {value}" for key, value in given.items())]
        rude.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        assert rude.recv(4096).startswith(b"HTTP/1.1 101")
        soon(lambda: hub_of(ana).size == 1)
        [connection] = hub_of(ana).connections()
        hub_of(ana).close()
        while rude.recv(4096):
            pass
    soon(lambda: connection in aborted)
