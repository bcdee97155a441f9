"""A place to measure: an instance of its own in a folder that goes away, and a browser in it."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.rows import PASSWORD, Rows
from linkmsg import create_app, serving
from linkmsg.config import Settings
from linkmsg.db import db

BROWSER = {"Accept-Encoding": "br, gzip", "User-Agent": "Mozilla/5.0 Firefox/150.0"}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
PREFIX, DATABASE, WHOLE = "linkmsg-bench-", "linkmsg.sqlite", "filled"
FEW, MANY = 50, 10_000
LONG = 100_000


@dataclass
class Place:
    """An instance with rows. Member 1 is the one who looks."""

    app: Flask
    folder: Path
    talks: list[int]

    def browser(self, member_id: int = 1) -> "Browser":
        return Browser(self.app, member_id)


class Browser:
    """A member's browser, signed in."""

    def __init__(self, app: Flask, member_id: int) -> None:
        self.client: FlaskClient = app.test_client()
        form = {"email": f"member-{member_id}@example.com", "password": PASSWORD}
        answer = self.client.post("/sign-in", data={**form, "csrf_token": self.token("/sign-in")})
        assert answer.status_code == 303, answer.text
        self.session_token = self.token("/settings/appearance")
        self.sent = 0

    def token(self, path: str) -> str:
        return token_in(self.client.get(path).text)

    def get(self, path: str, *, partial: bool = False) -> TestResponse:
        headers = BROWSER | (PARTIAL if partial else {})
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path} answered {answer.status}"
        return answer

    def send(self, conversation_id: int) -> TestResponse:
        """Send a message as the page does, which swaps in what comes back."""
        self.sent += 1
        form = {"body": f"Message {self.sent}", "nonce": f"bench-send-{self.sent:08}"}
        page = {"csrf_token": self.session_token, "revision": str(10**9)}
        path = f"/messaging/{conversation_id}"
        answer = self.client.post(path, data={**form, **page}, headers=BROWSER | PARTIAL)
        assert answer.status_code == 200, answer.text
        return answer


@contextmanager
def place(sizes: Mapping[int, int]) -> Iterator[Place]:
    """An instance in which member 1 talks with others: so many messages by the other's id."""

    def fill(rows: Rows) -> list[int]:
        rows.members(max(sizes))
        return rows.talks(1, sizes)

    with filled(fill) as made:
        yield made


@contextmanager
def filled(fill: Callable[[Rows], list[int]], kept: Path | None = None) -> Iterator[Place]:
    """An instance with the rows that are written here; the ids of their conversations.

    It goes away, or it is kept in a folder, and opened again as it is.
    """
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        whole = folder / WHOLE
        settings = Settings(
            data_dir=folder,
            messages_minutely=100_000,
            searches_burst=100_000,
            searches_pace=100_000,
        )
        app = create_app(settings, prepared=True)
        serving.prepare_instance(app)
        talks: list[int] = []
        if not whole.exists():
            with app.app_context(), db.engine.begin() as database:
                talks = fill(Rows(database))
            whole.touch()  # what was interrupted before is filled the next time
        try:
            yield Place(app, folder, talks)
        finally:
            with app.app_context():
                db.engine.dispose()


def conversations(number: int, messages: int = 3, last: int | None = None) -> dict[int, int]:
    """So many conversations of so many messages; in the last one as many as said."""
    sizes = dict.fromkeys(range(2, number + 2), messages)
    return sizes | {number + 1: last or messages}


def token_in(page: str) -> str:
    """The CSRF token that a page holds."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page holds no token"
    return found[1]
