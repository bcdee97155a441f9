"""The parts of the server that receive requests and send responses."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from gunicorn.http.errors import InvalidChunkSize

from linkmsg.config import Settings
from linkmsg.config_values import networks
from linkmsg.serving import pace
from linkmsg.serving.admission import PER_ADDRESS, PER_SESSION, PER_VISITOR, Admission
from linkmsg.serving.received import ChunkedBody
from linkmsg.serving.response_socket import MEMORY, ResponseSocket
from linkmsg.web import auth
from tests.people import Person


class Waiting:
    """A connection that has sent the head of a request."""

    def __init__(self, address: str, cookie: str = "", forwarded: str = "") -> None:
        self.client, self.keys = (address, 1), ()
        headers = [("COOKIE", cookie), ("X-FORWARDED-FOR", forwarded)]
        self.request = SimpleNamespace(headers=headers)


def displaced(admission: Any, clients: list[Waiting]) -> list[Waiting]:
    """Add connections; return those that gave way to others."""
    lost = []
    for each in clients:
        if oldest := admission.add(each):
            admission.remove(oldest)
            lost.append(oldest)
    return lost


@pytest.fixture
def cookies(app: Flask, ana: Person, bo: Person) -> list[str]:
    """Return the Cookie headers of Ana and Bo."""
    return [f"session={each.client.get_cookie('session').value}" for each in (ana, bo)]  # type: ignore[union-attr]


@pytest.fixture
def admission(app: Flask) -> Admission:
    return Admission(app, app.extensions["linkmsg"])


@pytest.mark.parametrize(
    "addresses",
    [
        ["203.0.113.5"],
        ["::ffff:203.0.113.5", "203.0.113.5"],
        [f"2001:db8:0:7::{number:x}" for number in range(1, 99)],
    ],
    ids=["IPv4", "IPv4 in IPv6", "IPv6 /64"],
)
def test_visitor_above_the_limit_loses_the_oldest(
    admission: Admission, addresses: list[str]
) -> None:
    clients = [Waiting(addresses[at % len(addresses)]) for at in range(PER_VISITOR + 2)]
    assert displaced(admission, clients) == clients[:2]
    assert displaced(admission, [Waiting("198.51.100.7"), Waiting("2001:db8:0:8::1")]) == []


def test_members_behind_one_address_keep_their_own(
    admission: Admission, cookies: list[str]
) -> None:
    ana, bo = ([Waiting("203.0.113.5", each) for _ in range(PER_SESSION)] for each in cookies)
    assert displaced(admission, ana + bo) == []
    assert displaced(admission, [Waiting("198.51.100.7", cookies[0])]) == ana[:1]
    visitors = [Waiting("203.0.113.5") for _ in range(PER_VISITOR)]
    assert displaced(admission, visitors) == []


def test_one_address_has_a_limit_over_all_sessions(
    admission: Admission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "session_in_cookies", lambda _app, cookie: cookie)
    office = [Waiting("203.0.113.5", str(number)) for number in range(PER_ADDRESS + 1)]
    assert displaced(admission, office) == office[:1]


@pytest.mark.parametrize(
    "cookie", ["", "session=a", "session=e30.aaaa.bbbb", "session=" + "." * 9, "session=\xff\xfe"]
)
def test_forged_session_counts_as_a_visitor(app: Flask, cookie: str) -> None:
    assert auth.session_in_cookies(app, cookie) == ""


def test_clients_of_a_proxy_count_apart(app: Flask, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, trusted_proxies=networks("127.0.0.1/32"))
    admission = Admission(app, settings)
    head = Waiting("127.0.0.1")
    head.request = None  # type: ignore[assignment]
    unknown = [Waiting("127.0.0.1", forwarded=each) for each in ("", "unknown", "a, ")]
    clients = [Waiting("127.0.0.1", forwarded=f"9.9.9.9, 10.0.0.{at % 9}") for at in range(99)]
    assert displaced(admission, [head, *unknown, *clients] * PER_VISITOR) == []
    flood = [Waiting("127.0.0.1", forwarded="10.1.1.1") for _ in range(PER_VISITOR + 1)]
    assert displaced(admission, flood) == flood[:1]


def test_pace_is_measured_in_each_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    measured, enough = pace.Pace(), int(pace.WINDOW * pace.MIN_RATE)
    assert not measured.is_too_slow(0, pace.WINDOW - 1)
    assert not measured.is_too_slow(enough * 100, pace.WINDOW)
    assert not measured.is_too_slow(enough * 100, pace.WINDOW * 2 - 1)
    assert measured.is_too_slow(enough * 101 - 1, pace.WINDOW * 2)
    assert not measured.is_too_slow(enough * 102, pace.WINDOW * 3)


CHUNKED = b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 99])
def test_end_of_a_chunked_body_is_found(step: int) -> None:
    body = ChunkedBody()
    for start in range(0, len(CHUNKED), step):
        assert not body.is_complete
        body.feed(CHUNKED[start : start + step])
    assert body.is_complete


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"-1\r\n",
        b"0x1\r\n",
        b"1_0\r\n",
        b"a" * 9000,
        b"1;\x01\r\n",
        b"3\na=b\r\n",
        b"3\r\na=bc\r\n",
        b"0\r\na: b\r\n",
    ],
)
def test_body_that_is_not_in_chunks_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidChunkSize):
        ChunkedBody().feed(data)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield the server's end of a connection, with a small buffer, and the client's."""
    server, client = socket.socketpair()
    server.setblocking(False)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    yield server, client
    server.close()
    client.close()


def test_response_waits_in_memory_and_in_files(
    ends: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    server, client = ends
    response = ResponseSocket(server, tmp_path)
    head, parts = b"head", [os.urandom(MEMORY // 3) for _ in range(7)]
    (tmp_path / "file").write_bytes(parts[0])
    response.sendall(head)
    for each in parts:
        response.sendall(each)
    with (tmp_path / "file").open("rb") as file:
        response.sendfile(file, offset=5, count=MEMORY // 4)
    response.sendall(b"the end")
    assert response.has_pending
    expected = head + b"".join(parts) + parts[0][5 : 5 + MEMORY // 4] + b"the end"
    received = b""
    while len(received) < len(expected):
        response.flush()
        received += client.recv(1 << 16)
    assert received == expected
    assert response.flush()
    assert not response.has_pending
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_response_to_a_closed_connection_fails(
    ends: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    server, client = ends
    response = ResponseSocket(server, tmp_path)
    response.sendall(os.urandom(MEMORY * 2))
    client.close()
    with pytest.raises(OSError, match=r"pipe|reset"):
        response.flush()
    response.close_files()
    assert not response.has_pending


def test_signed_in_session_is_found_in_its_cookie(app: Flask, cookies: list[str]) -> None:
    assert len({auth.session_in_cookies(app, f"a=b; {each}") for each in cookies} - {""}) == 2
