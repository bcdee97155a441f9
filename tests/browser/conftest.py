"""Fixtures that drive Chromium against a live server on the test's own database."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.people import Person
from tests.support.live_server import LiveServer
from tests.support.raw_http import free_port
from tests.support.window import PageErrors, Window

HERE = Path(__file__).parent
# The headless shell draws no window and takes a third less time.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# A host in the local network: unlike 127.0.0.1, browsers do not trust it without https.
LAN_HOST = "messages.test"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {LAN_HOST} 127.0.0.1",
]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# Upper limits only: a test waits for a condition, and most conditions hold at once.
expect.set_options(timeout=60_000)

Browse = Callable[..., Window]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder as browser tests, and run the longest tests of all first.

    Else a worker would be busy with one of them when the others have finished.
    """
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("proof") is None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Return launch options for the installed Chromium; skip the test without one."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no Chromium here")
    return {"executable_path": path, "args": FLAGS}


@pytest.fixture
def server(app: Flask) -> Iterator[LiveServer]:
    """Serve the app during the test."""
    serving = LiveServer(app)
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture(name="free_port")
def _free_port() -> int:
    return free_port()


@pytest.fixture
def browse(browser: Browser, server: LiveServer) -> Iterator[Browse]:
    """Return a function that opens a window for a person; page errors fail the test at its end."""
    faults, contexts = PageErrors(), []

    def open_window(
        person: Person | None = None, *, scripts: bool = True, phone: bool = False, **more: Any
    ) -> Window:
        options: dict[str, Any] = {"base_url": server.url, "viewport": PHONE if phone else WIDE}
        options |= {"has_touch": phone, "is_mobile": phone}
        context = browser.new_context(java_script_enabled=scripts, **(options | more))
        contexts.append(context)
        context.set_default_timeout(60_000)
        faults.watch(context)
        if person is not None:
            cookie = person.client.get_cookie("session")
            assert cookie is not None
            context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
        return Window(context.new_page(), faults, scripts)

    yield open_window
    for context in contexts:
        context.close()
    assert faults.unexpected() == []
