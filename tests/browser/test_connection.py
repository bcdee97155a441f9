"""The page notices dead, lost and refused connections and ended sessions, and says so."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import WebSocketRoute, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.live_server import LiveServer

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
UNREACHABLE = ("net::ERR_", "Failed to fetch", "htmx:error", "WebSocket connection")


def test_silent_dead_connection_is_replaced(
    browse: Browse, ana: Person, bo: Person, talk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkmsg.live.connection.HEARTBEAT_INTERVAL", 0.4)
    lines: list[WebSocketRoute] = []
    dead: list[WebSocketRoute] = []

    def join(line: WebSocketRoute) -> None:
        lines.append(line)
        server = line.connect_to_server()
        server.on_message(lambda said: None if line in dead else line.send(said))

    window = browse(ana)
    window.page.route_web_socket(re.compile("/live"), join)
    window.open(f"/messaging/{talk}").expect_live()
    dead += lines
    people.talk(bo, ana, "Can you hear me?")
    expect(window.texts.last).to_have_text("Can you hear me?")
    window.wait_until(lambda: len(lines) > len(dead))
    window.expect_live()


def test_offline_page_says_so_and_stays_open(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    window.expect_live()
    here = window.page.url
    window.page.context.set_offline(True)
    expect(window.page.locator("body[data-connected]")).to_have_count(0)
    window.link("Back to messages").tap()
    expect(window.page.get_by_text("You’re offline.")).to_be_visible()
    expect(window.page).to_have_url(here)
    window.button("Record a voice message").tap()
    said = "Couldn’t start recording: you’re offline."
    expect(window.page.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(window.connection_status).to_have_text("Offline")
    box = window.connection_status.bounding_box()
    head = window.page.locator(".thread > .pane-head").bounding_box()
    assert box
    assert head
    assert box["y"] >= head["y"] + head["height"]
    window.page.context.set_offline(False)
    window.expect_live()
    expect(window.connection_status).to_have_count(0)


def test_connection_status_covers_nothing_in_the_inbox(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open("/messaging")
    window.expect_error(*UNREACHABLE)
    window.expect_live()
    window.page.context.set_offline(True)
    expect(window.connection_status).to_have_text("Offline")
    box = window.connection_status.bounding_box()
    others = [
        window.page.get_by_role("heading", name="Messages").bounding_box(),
        window.page.locator(".rail ul").bounding_box(),
    ]
    assert box
    for other in others:
        assert other
        assert other["y"] >= box["y"] + box["height"] or other["y"] + other["height"] <= box["y"]


def test_sockets_closed_at_once_are_retried_with_backoff(
    browse: Browse, ana: Person, talk: int
) -> None:
    tries: list[WebSocketRoute] = []
    window = browse(ana)

    def note(line: WebSocketRoute) -> None:
        tries.append(line)

    window.page.route_web_socket(re.compile("/live"), note)
    # The page has a clock of its own, so that a slow machine gives it no more time.
    window.page.clock.install(time=NOON)
    window.page.clock.pause_at(NOON + timedelta(seconds=1))
    window.page.goto(f"/messaging/{talk}")
    for _ in range(38):
        window.page.clock.run_for(100)
        for line in tries:
            line.close()
    assert 2 <= len(tries) <= 5
    expect(window.connection_status).to_have_text("Reconnecting…")
    expect(window.page.locator("body[data-connected]")).to_have_count(0)


COME_INTO_VIEW = """() => {
  for (const value of ["hidden", "visible"]) {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }
}"""


def test_tab_that_comes_into_view_takes_the_place(
    app: Flask, browse: Browse, ana: Person, talk: int
) -> None:
    app.extensions["linkmsg.hub"].member_capacity = 1
    tabs = [browse(ana)]
    tabs += [tabs[0].new_tab()]
    tabs[0].expect_error("WebSocket connection", "status of 503")
    for tab in tabs:
        tab.open(f"/messaging/{talk}").expect_live()
    for tab, other in (tabs[::-1], tabs, tabs[::-1]):
        expect(other.page.locator("body[data-connected]")).to_have_count(0)
        other.page.evaluate(COME_INTO_VIEW)
        other.expect_live()
        expect(tab.connection_status).to_have_count(0)


def test_page_is_back_soon_after_a_long_outage(
    browse: Browse, ana: Person, talk: int, server: LiveServer
) -> None:
    window = browse(ana)
    window.expect_error(*UNREACHABLE)
    window.open(f"/messaging/{talk}").expect_live()
    window.page.clock.install(time=NOON)
    window.page.clock.pause_at(NOON + timedelta(minutes=1))
    server.stop()
    expect(window.page.locator("body[data-connected]")).to_have_count(0)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    halves = 0
    while (tries := sum("/live?waiting=false" in url for url in asked)) < 6:
        window.page.clock.run_for(500)
        halves += 1
    expect(window.connection_status).to_have_text("Reconnecting…")
    assert halves >= tries  # at the earliest every half second
    server.start()
    with window.page.expect_response("**/live?waiting=false"):
        for _ in range(5):
            window.page.clock.run_for(500)
    window.expect_live()
    expect(window.connection_status).to_have_count(0)
