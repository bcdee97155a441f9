"""What a page knows of its line, dead, away, closed to sockets or ended; and what it says."""

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person

UNREACHABLE = ("net::ERR_", "Failed to fetch", "htmx:error", "WebSocket connection")


def test_a_line_that_is_dead_and_does_not_know_it_is_noticed(
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
    window.until(lambda: len(lines) > len(dead))
    window.expect_live()


def test_who_goes_offline_is_told_so_and_keeps_the_page(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    window.expect_fault(*UNREACHABLE)
    window.expect_live()
    here = window.page.url
    window.page.context.set_offline(True)
    expect(window.page.locator("body[data-connected]")).to_have_count(0)
    window.link("Back to messages").tap()
    expect(window.page.get_by_text("Not opened. You are offline.")).to_be_visible()
    expect(window.page).to_have_url(here)
    expect(window.line).to_have_text("Offline")
    box = window.line.bounding_box()
    head = window.page.locator(".thread > .pane-head").bounding_box()
    assert box
    assert head
    assert box["y"] >= head["y"] + head["height"]
    window.page.context.set_offline(False)
    window.expect_live()
    expect(window.line).to_have_count(0)


def test_the_words_of_a_lost_line_cover_nothing_where_no_thread_is(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open("/messaging")
    window.expect_fault(*UNREACHABLE)
    window.expect_live()
    window.page.context.set_offline(True)
    expect(window.line).to_have_text("Offline")
    box = window.line.bounding_box()
    others = [
        window.page.get_by_role("heading", name="Messages").bounding_box(),
        window.page.locator(".rail").bounding_box(),
    ]
    assert box
    for other in others:
        assert other
        assert other["y"] >= box["y"] + box["height"] or other["y"] + other["height"] <= box["y"]


def test_a_network_that_closes_each_socket_at_once_is_tried_less_and_less(
    browse: Browse, ana: Person, talk: int
) -> None:
    tries: list[WebSocketRoute] = []
    window = browse(ana)

    def note(line: WebSocketRoute) -> None:
        tries.append(line)

    window.page.route_web_socket(re.compile("/live"), note)
    window.open(f"/messaging/{talk}")
    for _ in range(38):
        window.page.wait_for_timeout(100)
        for line in tries:
            line.close()  # which was open for a moment
    assert 2 <= len(tries) <= 5
    expect(window.line).to_have_text("Reconnecting…")
    expect(window.page.locator("body[data-connected]")).to_have_count(0)


def test_who_was_signed_out_and_has_typed_is_told_so_and_is_not_sent_away(
    browse: Browse, ana: Person, dee: Person
) -> None:
    window = browse(ana)
    window.page.clock.install()
    window.open(f"/in/{dee.handle}/connect")
    window.page.get_by_label("Add a note").fill("We met in Lund")
    window.expect_live()
    ana.post("/sign-out")
    expect(window.line).to_contain_text("You were signed out.")
    window.page.clock.run_for(40_000)
    expect(window.line).to_contain_text("You were signed out.")
    expect(window.page.get_by_label("Add a note")).to_have_value("We met in Lund")


def test_who_was_signed_out_elsewhere_is_led_to_sign_in(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_fault("status of 401")
    window.expect_live()
    ana.post("/sign-out")
    window.page.wait_for_url(re.compile(r"/sign-in\?next=/messaging/\d+$"))
    expect(window.page.get_by_label("Email")).to_be_visible()
