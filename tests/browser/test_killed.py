"""The server dies in the middle of a conversation, without a word, and comes back."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from linkmsg import create_app, serving
from linkmsg.config import Settings
from linkmsg.db import db
from tests import people
from tests.people import PASSWORD


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A data directory in which Ana and Bo are connected and have spoken."""
    app = create_app(Settings(data_dir=tmp_path / "data"), prepared=True)
    serving.prepare(app)
    ana, bo = people.join(app, "Ana Ruiz"), people.join(app, "Bo Lindqvist")
    people.connect(ana, bo)
    people.talk(ana, bo, "Hello Bo")
    with app.app_context():
        db.engine.dispose()
    return tmp_path / "data"


class Killable:
    """`linkmsg run` as a process."""

    def __init__(self, place: Path, port: int) -> None:
        kept = {name: text for name, text in os.environ.items() if "LINKMSG" not in name}
        self.environment = kept | {"LINKMSG_DATA_DIR": str(place), "LINKMSG_PORT": str(port)}
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "linkmsg", "run"]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        for _ in range(300):
            try:
                urlopen(f"{self.url}/healthz").close()
            except URLError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("it does not answer")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Write a message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def enter(browser: Browser, url: str, email: str) -> Page:
    """Sign in, and open the one conversation there is."""
    page = browser.new_context(base_url=url).new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("list", name="Conversations").get_by_role(
        "link", name=re.compile("Ana|Bo")
    ).click()
    expect(page.locator("body[data-connected]")).to_be_attached()
    return page


@pytest.mark.proof
def test_a_server_that_is_killed_and_comes_back_loses_nothing_that_was_said(
    browser: Browser, place: Path, free_port: int
) -> None:
    server = Killable(place, free_port)
    try:
        ana = enter(browser, server.url, "ana@example.com")
        bo = enter(browser, server.url, "bo@example.com")
        write(ana, "Before")
        expect(bo.locator(".msg .text").last).to_have_text("Before")
        server.kill()
        write(ana, "While it was gone")
        write(bo, "Bo too")
        server.start()
        for page in (ana, bo):
            expect(page.locator(".msg .text")).to_have_count(4, timeout=30_000)
            expect(page.locator(".log .pending, .log .failed")).to_have_count(0, timeout=30_000)
        assert (
            ana.locator(".msg .text").all_inner_texts()
            == bo.locator(".msg .text").all_inner_texts()
        )
    finally:
        server.kill()
        for context in browser.contexts:
            context.close()
