"""A connection that drops, loses and duplicates requests delivers each message once."""

import re

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import message_bodies
from tests.support.window import Window

FAULTS = ("net::ERR", "Failed to fetch", "htmx:error", "WebSocket connection")


class FlakyLine:
    """Drops, loses and duplicates what goes between a page and the server."""

    def __init__(self, page: Page, talk: int) -> None:
        self.number, self.lines = 0, list[WebSocketRoute]()
        page.route_web_socket(re.compile("/live"), self.join)
        page.route(f"**/messaging/{talk}", self.post)

    def join(self, line: WebSocketRoute) -> None:
        """Connect a socket, to be cut later."""
        line.connect_to_server()
        self.lines.append(line)

    def cut(self) -> None:
        """Cut the open socket."""
        self.lines[-1].close(code=1011)

    def post(self, route: Route) -> None:
        """Lose the request, lose its answer, send it twice, or let it through."""
        if route.request.method != "POST":
            return route.continue_()
        self.number += 1
        if self.number % 4 == 1:
            return route.abort()
        if self.number % 4 == 2:
            self.cut()
            route.fetch()
            return route.abort()
        if self.number % 4 == 3:
            route.fetch()
            return route.fulfill(response=route.fetch())
        return route.continue_()


@pytest.mark.proof
def test_flaky_connection_delivers_all_once_in_order(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    windows: list[tuple[Window, FlakyLine]] = []
    for person in (ana, bo):
        window = browse(person)
        window.expect_error(*FAULTS)
        line = FlakyLine(window.page, talk)
        window.open(f"/messaging/{talk}").expect_live()
        windows.append((window, line))
    for number in range(4):
        for name, (window, _) in zip(("Ana", "Bo"), windows, strict=True):
            window.write(f"{name} {number}")
        windows[number % 2][1].cut()
    for window, _ in windows:
        expect(window.texts).to_have_count(10, timeout=180_000)
        expect(window.log.locator(".pending, .failed")).to_have_count(0, timeout=180_000)
    said = message_bodies(ana)
    assert len(said) == len(set(said)) == 10
    for name in ("Ana", "Bo"):
        mine = [each for each in said if each.startswith(name)]
        assert mine == [f"{name} {number}" for number in range(4)]
    for window, _ in windows:
        expect(window.texts).to_have_text(said)
        assert window.stored_drafts() == []
