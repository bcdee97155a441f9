"""A request that waits for the rest of its body holds nothing that others need."""

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from linkmsg.db import db
from linkmsg.web.concurrency import MAX_BUFFERED_BODY
from tests.people import Person

PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
SIZE = MAX_BUFFERED_BODY + 1000


class SlowBody:
    """A body that checks, whenever more of it is needed, what its reader holds."""

    def __init__(self, app: Flask, data: bytes) -> None:
        self.app, self.data, self.reads = app, data.ljust(SIZE, b"a"), 0
        self.held: list[tuple[int, int]] = []

    def read(self, size: int = -1) -> bytes:
        slots = self.app.extensions["linkmsg"].threads
        free = self.app.wsgi_app._slots._value  # type: ignore[attr-defined]
        self.held.append((db.engine.pool.checkedout(), slots - free))  # type: ignore[attr-defined]
        part, self.data = self.data[: min(size, 9000)], self.data[min(size, 9000) :]
        return part


def path_of(app: Flask, rule: Rule) -> str:
    """Return an address of a route, about Bo or about whatever has the id 1."""
    values = {name: "bo-lindqvist" if name == "handle" else 1 for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


@pytest.mark.parametrize("signed_in", [True, False], ids=["Ana", "nobody"])
@pytest.mark.parametrize("kind", ["form", "files", "text"])
def test_waiting_for_a_body_holds_nothing(
    app: Flask, ana: Person, talk: int, kind: str, signed_in: bool
) -> None:
    cookie = ana.client.get_cookie("session")
    token = PART % (b"csrf_token", ana.token.encode())
    types = {
        "form": ("application/x-www-form-urlencoded", b"body="),
        "files": ("multipart/form-data; boundary=b", token + FILE),
        "text": ("text/plain", b""),
    }
    read = set()
    for rule in app.url_map.iter_rules():
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        if rule.endpoint == "live.socket":
            continue
        body = SlowBody(app, types[kind][1])
        request = EnvironBuilder(path_of(app, rule), method=method, content_type=types[kind][0])
        environ = request.get_environ() | {"CONTENT_LENGTH": str(SIZE), "wsgi.input": body}
        if signed_in and cookie:
            environ["HTTP_COOKIE"] = f"session={cookie.value}"
        run_wsgi_app(app.wsgi_app, environ, buffered=True)
        assert set(body.held) <= {(0, 0)}, rule
        read |= {rule.endpoint} if body.held else set()
    assert kind == "text" or read
