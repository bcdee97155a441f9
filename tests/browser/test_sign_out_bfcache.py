"""The cache of whole pages that Back shows (bfcache): used while signed in, empty afterwards."""

import json
import shutil
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Playwright, expect

from linkmsg.actions import sessions
from linkmsg.db import db
from linkmsg.models import MemberSession
from tests.browser.conftest import FLAGS
from tests.support.live_server import LiveServer
from tests.support.websockets import soon

# Playwright loses a page that comes back from this cache, so each page tells the server what it
# shows.
TELL = """addEventListener("pageshow", ({ persisted }) => requestAnimationFrame(() => {
    const text = document.body.checkVisibility() ? document.body.innerText : "";
    const note = JSON.stringify({ persisted, path: location.pathname, text });
    fetch(`/healthz?${new URLSearchParams({ note })}`);
}))"""


class NotingServer(LiveServer):
    """A server that notes what pages tell it, and which addresses were requested."""

    def answer(self, environ, start):
        """Note a request, and answer it."""
        told = parse_qs(environ["QUERY_STRING"]).get("note", [])
        self.notes += map(json.loads, told)
        self.paths.append(environ["PATH_INFO"])
        return super().answer(environ, start)


@pytest.fixture
def server(app):
    server = NotingServer(app)
    server.notes, server.paths = [], []
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(playwright: Playwright, server, ana):
    """Yield a page of Ana in a browser with this cache, which the headless shell has not."""
    path = shutil.which("chromium") or pytest.skip("there is no whole Chromium here")
    without = ["--disable-back-forward-cache"]
    browser = playwright.chromium.launch(
        executable_path=path, args=FLAGS, ignore_default_args=without
    )
    context = browser.new_context(base_url=server.url)
    context.add_init_script(TELL)
    assert ana.client.get("/messaging").status_code == 200
    cookie = ana.client.get_cookie("session").value
    context.add_cookies([{"name": "session", "value": cookie, "url": server.url}])
    yield context.new_page()
    browser.close()


def go_back(page, server, steps=1):
    """Press Back, and return what the page that it leads to shows."""
    server.notes.clear()
    page.evaluate(f"setTimeout(() => history.go(-{steps}), 0)")
    soon(lambda: [note for note in server.notes if note["text"]])
    return server.notes


def is_back_fast(page, server):
    """Leave the thread, press Back, and return whether the same page is shown again."""
    page.goto("/settings/profile")
    expect(page.locator("body[data-connected]")).to_be_attached()
    [note] = go_back(page, server)
    expect(page.locator("body[data-connected]")).to_be_attached()
    return note["persisted"] and "Hello Ana" in note["text"]


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_back_is_fast_until_the_session_ends(page, server, ana, talk, where):
    page.goto(f"/messaging/{talk}")
    expect(page.locator("body[data-connected]")).to_be_attached()
    # A browser that is short of memory keeps no page, so one try does not say much.
    assert any(is_back_fast(page, server) for _ in range(5))
    page.goto("/settings/profile")
    if where == "here":
        page.get_by_role("button", name="Sign out").click()
    else:
        end_session(ana)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    soon(lambda: "/sign-in/clear-caches" in server.paths)
    for shown in go_back(page, server):
        assert not any(word in shown["text"] for word in ("Hello", "Ana Ruiz", "Lindqvist"))


def end_session(person):
    with person.app.app_context():
        session = db.session.scalars(MemberSession.of(person.member())).one()
        sessions.end(person.member(), session.id)
