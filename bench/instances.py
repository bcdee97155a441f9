"""Create apps with much data to measure, in temporary folders, and browsers signed in to them."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bench.rows import PASSWORD, RowWriter
from linkmsg import create_app, serving
from linkmsg.config import Settings
from linkmsg.db import db

BROWSER_HEADERS = {"Accept-Encoding": "br, gzip", "User-Agent": "Mozilla/5.0 Firefox/150.0"}
PARTIAL_HEADERS = {"HX-Request": "true", "HX-Request-Type": "partial"}
PREFIX, DATABASE, FILLED_MARKER = "linkmsg-bench-", "linkmsg.sqlite", "filled"
FEW, MANY = 50, 10_000
LONG = 100_000


@dataclass
class BenchInstance:
    """An app with data in a folder; the pages of member 1 are measured."""

    app: Flask
    folder: Path
    conversation_ids: list[int]

    def browser(self, member_id: int = 1) -> "BenchBrowser":
        return BenchBrowser(self.app, member_id)


class BenchBrowser:
    """A Flask test client in which a member is signed in."""

    def __init__(self, app: Flask, member_id: int) -> None:
        self.client: FlaskClient = app.test_client()
        form = {"email": f"member-{member_id}@example.com", "password": PASSWORD}
        answer = self.client.post("/sign-in", data={**form, "csrf_token": self.token("/sign-in")})
        assert answer.status_code == 303, answer.text
        self.session_token = self.token("/settings/appearance")
        self.sent = 0

    def token(self, path: str) -> str:
        return find_csrf_token(self.client.get(path).text)

    def get(self, path: str, *, partial: bool = False) -> TestResponse:
        headers = BROWSER_HEADERS | (PARTIAL_HEADERS if partial else {})
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path} answered {answer.status}"
        return answer

    def send(self, conversation_id: int) -> TestResponse:
        """Send a short message with the request that the page makes."""
        self.sent += 1
        form = {"body": f"Message {self.sent}", "nonce": f"bench-send-{self.sent:08}"}
        page = {"csrf_token": self.session_token, "revision": str(10**9)}
        path = f"/messaging/{conversation_id}"
        answer = self.client.post(
            path, data={**form, **page}, headers=BROWSER_HEADERS | PARTIAL_HEADERS
        )
        assert answer.status_code == 200, answer.text
        return answer


@contextmanager
def instance_with(sizes: Mapping[int, int]) -> Iterator[BenchInstance]:
    """Yield an app in which member 1 has conversations.

    `sizes` has the number of messages with each other member, by that member's id.
    """

    def fill(rows: RowWriter) -> list[int]:
        rows.members(max(sizes))
        return rows.conversations(1, sizes)

    with filled_instance(fill) as instance:
        yield instance


@contextmanager
def filled_instance(
    fill: Callable[[RowWriter], list[int]], keep: Path | None = None
) -> Iterator[BenchInstance]:
    """Yield an app with the rows that `fill` writes; `fill` returns the ids of conversations.

    Its data folder is temporary, or it is `keep`, which is reused the next time.
    """
    with nullcontext(keep) if keep else tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        folder = Path(name)
        marker = folder / FILLED_MARKER
        settings = Settings(
            data_dir=folder,
            messages_minutely=100_000,
            searches_burst=100_000,
            searches_pace=100_000,
        )
        app = create_app(settings, prepared=True)
        serving.prepare_instance(app)
        conversation_ids: list[int] = []
        if not marker.exists():
            with app.app_context(), db.engine.begin() as database:
                conversation_ids = fill(RowWriter(database))
            marker.touch()  # only at the end: an interrupted fill is repeated the next time
        try:
            yield BenchInstance(app, folder, conversation_ids)
        finally:
            with app.app_context():
                db.engine.dispose()


def conversation_sizes(number: int, messages: int = 3, last: int | None = None) -> dict[int, int]:
    """Return the sizes of `number` conversations, as `instance_with` needs them.

    Each has `messages` messages; the one with the newest message has `last`, if given.
    """
    sizes = dict.fromkeys(range(2, number + 2), messages)
    return sizes | {number + 1: last or messages}


def find_csrf_token(page: str) -> str:
    """Return the CSRF token in the HTML of a page; fail if there is none."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page has no CSRF token"
    return found[1]
