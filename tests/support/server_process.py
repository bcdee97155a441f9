"""Run `linkmsg run` as a process, to kill it in the middle of its work."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, expect

from linkmsg import create_app, serving
from linkmsg.config import Settings
from linkmsg.db import db
from tests import people
from tests.people import PASSWORD, Person


def prepare_data(folder: Path) -> Person:
    """Create a data folder with a conversation of Ana and Bo; return Ana."""
    app = create_app(Settings(data_dir=folder), prepared=True)
    serving.prepare_instance(app)
    ana, bo = people.join(app, "Ana Ruiz"), people.join(app, "Bo Lindqvist")
    people.connect(ana, bo)
    people.talk(ana, bo, "Hello Bo")
    with app.app_context():
        db.engine.dispose()
    return ana


class ServerProcess:
    """A process of `linkmsg run`, which answers when the object has been created."""

    def __init__(self, place: Path, port: int, *, before: str = "", **settings: str) -> None:
        """Start a server with settings; `before` is Python code that runs before it starts."""
        kept = {name: text for name, text in os.environ.items() if "LINKMSG" not in name}
        settings |= {"data_dir": str(place), "port": str(port)}
        self.environment = kept | {f"LINKMSG_{key.upper()}": each for key, each in settings.items()}
        self.command = [
            sys.executable,
            "-c",
            f"{before}\nfrom linkmsg.cli import main; main()",
            "run",
        ]
        self.url, self.port = f"http://127.0.0.1:{port}", port
        self.log = place.with_name(f"{place.name}.log")
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdout=log, start_new_session=True
            )
        for _ in range(2400):
            try:
                urlopen(f"{self.url}/healthz").close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)


def enter(browser: Browser, url: str, email: str, *, scripts: bool = True) -> Page:
    """Open a new browser context, sign in, and open the person's only conversation.

    With `scripts` wait until the page's WebSocket is connected.
    """
    page = browser.new_context(base_url=url, java_script_enabled=scripts).new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("list", name="Conversations").get_by_role(
        "link", name=re.compile("Ana|Bo")
    ).click()
    if scripts:
        expect(page.locator("body[data-connected]")).to_be_attached()
    return page
