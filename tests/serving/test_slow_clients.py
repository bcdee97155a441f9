"""Clients that send or read slowly hold nothing that others need."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import pytest

from linkmsg.db import db
from linkmsg.serving.admission import PER_SESSION
from tests import people
from tests.people import Person
from tests.support import upload_requests
from tests.support.raw_http import LONG, RawClient, close_all, free_port, request, status_of
from tests.support.server_process import ServerProcess, prepare_data

# The server has 2 threads for requests, 32 for large uploads, and 2 database connections.
CLIENTS = 40
FILE = os.urandom(6 * 1024 * 1024)
# A server that gives up after one second instead of 10 or 20.
IMPATIENT = """
from linkmsg.serving import connection, pace, server
server.WAITING_CONNECTIONS = 20
connection.SECONDS[connection.State.HEAD] = pace.WINDOW = 1
"""
MULTIPART = "Content-Type: multipart/form-data; boundary=b"
FIELD = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n%s\r\n'
FILE_PART = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'


@dataclass
class Served:
    """A running server with a conversation in which Ana has sent a file."""

    server: ServerProcess
    cookie: str
    signed_out_cookie: str
    token: str
    file: str

    def get(self, address: str) -> bytes:
        page = Request(f"{self.server.url}{address}", headers={"Cookie": self.cookie})
        data: bytes = urlopen(page, timeout=LONG).read()
        return data

    def half(self, line: str, *headers: str, size: str = "Content-Length: 200000") -> bytes:
        """Return the beginning of a request, with Ana's cookie."""
        return request(line, f"Cookie: {self.cookie}", size, *headers, body=b"--b")

    def upload(self, size: int) -> bytes:
        """Return the beginning of an upload of a file, with a valid token."""
        body = FIELD % self.token.encode() + FILE_PART
        length = f"Content-Length: {size}"
        return request(
            "POST /files", f"Cookie: {self.cookie}", MULTIPART, length, body=body + b"x" * 9999
        )


def cookie_of(person: Person) -> str:
    cookie = person.client.get_cookie("session")
    assert cookie
    return f"session={cookie.value}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("slow")
    ana = prepare_data(folder)
    upload_requests.send(ana, 1, "Here", ("data.bin", FILE))
    file = upload_requests.address(upload_requests.attached(ana.app, 1)[1][0])
    signed_out_cookie = cookie_of(ana)
    ana.post("/sign-out")
    people.sign_in(ana.client, ana.email)
    token = people.token_in(ana.client.get("/settings/appearance").text)
    with ana.app.app_context():
        db.engine.dispose()
    server = ServerProcess(folder, free_port(), threads="2", sockets="0")
    yield Served(server, cookie_of(ana), signed_out_cookie, token, file)
    server.kill()


SLOW: dict[str, Callable[[Served], bytes]] = {
    "one byte": lambda _: b"G",
    "half a head": lambda _: b"GET / HTTP/1.1\r\nHost: a\r\nX-",
    "half a form": lambda _: request("POST /sign-in", "Content-Length: 200000", body=b"a=b"),
    "half a page's body": lambda each: each.half("GET /messaging"),
    "half a chunk": lambda each: each.half(
        "POST /messaging/1", "Content-Type: text/plain", size="Transfer-Encoding: chunked"
    ).replace(b"--b", b"ff\r\na"),
    "half an upgrade": lambda each: each.half("POST /sign-in", "Upgrade: x", "Connection: upgrade"),
    "half a profile": lambda each: each.half("POST /settings/profile", MULTIPART),
    "half a signed-out message": lambda each: each.half("POST /messaging/1", MULTIPART).replace(
        each.cookie.encode(), each.signed_out_cookie.encode()
    ),
    "half an upload": lambda each: each.upload(20_000_000),
    "an unread download": lambda each: request(f"GET {each.file}", f"Cookie: {each.cookie}"),
}


@pytest.mark.parametrize("kind", SLOW)
def test_slow_clients_hold_up_nobody(served: Served, kind: str) -> None:
    data = SLOW[kind](served)
    clients = [RawClient(served.server.port, data, receive_buffer=4096) for _ in range(CLIENTS)]
    try:
        assert b"Bo Lindqvist" in served.get("/messaging")
        assert served.get("/healthz")
        assert served.get(served.file) == FILE
        # Above the limit of one session the oldest give way; an unread download has sent a part.
        waiting = [each for each in clients if each.is_open()]
        assert kind == "an unread download" or len(waiting) >= PER_SESSION - 2
    finally:
        close_all(clients)


def test_slow_reader_receives_the_whole_file(served: Served) -> None:
    data = request(f"GET {served.file}", f"Cookie: {served.cookie}", "Connection: close")
    client = RawClient(served.server.port, data, receive_buffer=4096)
    assert served.get("/healthz")
    head, _, body = client.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body == FILE


def test_upload_that_pauses_is_stored(served: Served) -> None:
    content = b"y" * 2_000_000
    body = FIELD % served.token.encode() + FILE_PART + content + b"\r\n--b--\r\n"
    length = f"Content-Length: {len(body)}"
    head = request("POST /files", f"Cookie: {served.cookie}", MULTIPART, length)
    client = RawClient(served.server.port, head + body[:1_500_000])
    assert served.get("/healthz")
    client.send(body[1_500_000:])
    head = client.read_until(b"\r\n\r\n")
    assert (head.split()[1], b"Connection: close" in head) == (b"201", True)
    client.close()


def test_pipelined_requests_are_answered_in_order(served: Served) -> None:
    chunked = ("Transfer-Encoding: chunked", "Content-Type: text/plain")
    client = RawClient(
        served.server.port,
        request("GET /healthz")
        + request("POST /nowhere", *chunked, body=b"3;a=b\r\nabc\r\n0\r\n\r\n")
        + request("GET /robots.txt")
        + request("GET /healthz", "Connection: close"),
    )
    statuses = [line.split()[1] for line in client.read().splitlines() if b"HTTP/1.1 " in line]
    assert statuses == [b"200", b"404", b"200", b"200"]


def test_body_is_asked_for_if_its_client_waits(served: Served) -> None:
    head = request("POST /nowhere", "Content-Length: 3", "Expect: 100-continue")
    client = RawClient(served.server.port, head)
    assert client.read_until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.send(b"a=b")
    assert client.read_until(b"\r\n").startswith(b"HTTP/1.1 404")
    client.close()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"no request\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400),
        (request("GET /" + "a" * 9000), 414),
        (request("GET /", "Cookie: " + "a" * 9000), 431),
        (request("GET /", "X: " + "a" * 99_000)[:80_000], 431),
        (request("POST /", "Transfer-Encoding: zip"), 501),
        (request("POST /", "Transfer-Encoding: chunked", body=b"zz\r\n\r\n"), 400),
        (request("POST /", "Content-Length: 1", "Content-Length: 2"), 400),
        (
            request("POST /", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
            400,
        ),
    ],
)
def test_invalid_requests_get_a_safe_error_page(served: Served, data: bytes, status: int) -> None:
    head = RawClient(served.server.port, data).read().partition(b"\r\n\r\n")[0].decode()
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Security-Policy: default-src 'none'" in head
    assert "X-Content-Type-Options: nosniff" in head
    assert status_of(served.server.port, request("GET /healthz")) == 200


CHUNKED = ("Transfer-Encoding: chunked", "Content-Type: text/plain")
UPGRADE = ("Upgrade: websocket", "Connection: Upgrade", "Origin: http://localhost")


@pytest.mark.parametrize(
    "data",
    [
        request("GET /healthz", *CHUNKED, body=b"0\r\nBad trailer\r\n\r\n"),
        request("POST /sign-in", *CHUNKED, body=b"3\na=b\r\n0\r\n\r\n"),
        request("POST /sign-in", *CHUNKED, body=b"3\r\na=bX\r\n0\r\n\r\n"),
        request("POST /sign-in", "Content-Length: 9", "Cookie: session=\xff", body=b"a"),
        request("GET /live", *UPGRADE),
        request("GET /live", *UPGRADE, "Sec-WebSocket-Key: a", "Content-Length: 5", body=b"a"),
    ],
    ids=range(6),
)
def test_odd_request_costs_nobody_else_the_connection(served: Served, data: bytes) -> None:
    other = RawClient(served.server.port, request("GET /healthz"))
    other.read_until(b"alive\n")
    odd = RawClient(served.server.port, data)
    assert served.get("/healthz")
    assert other.is_open()  # it would be closed if the worker had to start again
    close_all([other, odd])


def test_frame_that_comes_with_the_upgrade_is_answered(tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("early")
    ana = prepare_data(folder)
    cookie = cookie_of(ana)
    with ana.app.app_context():
        db.engine.dispose()
    server = ServerProcess(folder, free_port())
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    socket = (*UPGRADE, key, "Sec-WebSocket-Version: 13", f"Cookie: {cookie}")
    ping = b"\x89\x84\0\0\0\0ping"
    try:
        client = RawClient(server.port, request("GET /live", *socket) + ping)
        client.read_until(b"\x8a\x04ping")
        client.close()
    finally:
        server.kill()


def test_too_slow_and_too_many_connections_are_closed(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("impatient")
    prepare_data(folder)
    server = ServerProcess(folder, free_port(), before=IMPATIENT, threads="2", sockets="0")
    try:
        silent = [RawClient(server.port) for _ in range(80)]  # more than there may be
        assert status_of(server.port, request("GET /healthz")) == 200
        close_all(silent)
        half_form = request("POST /sign-in", "Content-Length: 2000", body=b"a=b")
        for data in (b"GET / HTTP/1.1\r\n", half_form):
            assert RawClient(server.port, data).read().startswith(b"HTTP/1.1 408 ")
    finally:
        server.kill()
