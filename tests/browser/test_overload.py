"""Tabs beyond a limit of sockets poll with growing waits, miss nothing, and fight for nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, request
from playwright.sync_api import expect

from linkmsg.config import Settings
from linkmsg.live.hub import Hub
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person

ROOM, TABS = 4, 12


@pytest.fixture(params=["sockets", "member_sockets"])
def settings(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Settings:
    """Limit the sockets of the server, or those of each member."""
    made = Settings(data_dir=tmp_path, database_url=database_url, secret_key="of the tests")
    return replace(made, **{request.param: ROOM})


@pytest.mark.proof
def test_tabs_without_a_socket_back_off_and_receive_all(
    app: Flask, browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    tries: list[str] = []
    app.before_request(lambda: tries.append(request.path) if request.path == "/live" else None)
    first = browse(ana)
    first.expect_error("WebSocket connection", "status of 503", "net::ERR")
    tabs = [first, *(first.new_tab() for _ in range(TABS - 1))]
    for tab in tabs:
        tab.open(f"/messaging/{talk}")
    # By its third try a tab without a socket waits about four seconds for the next.
    first.wait_until(lambda: len(tries) >= TABS + 3 * (TABS - ROOM))
    with app.app_context():
        assert Hub.current().size == ROOM
    before = len(tries)
    people.talk(bo, ana, "To all of you")
    first.page.wait_for_timeout(3000)
    # A tab without a socket tries with growing waits, and asks once why it failed.
    assert len(tries) - before <= 3 * TABS
    for tab in tabs:
        expect(tab.texts.last).to_have_text("To all of you", timeout=180_000)
        expect(tab.connection_status).to_have_count(0)
