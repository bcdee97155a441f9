"""How much a browser may say on a WebSocket, and how many sockets a member may have."""

import socket
from dataclasses import replace
from types import SimpleNamespace

import pytest
from simple_websocket import Server
from wsproto.connection import SERVER, Connection
from wsproto.frame_protocol import FrameDecoder

from linkmsg.web.rate_limits import RateLimitCounters
from linkmsg.web.websocket import (
    MAX_RECEIVED,
    PACE_SECONDS,
    LockedSocket,
    PacedProtocol,
    TooManyFrames,
    reading_thread,
)
from tests.support.listeners import hub_of
from tests.support.monotonic_clock import MonotonicClock
from tests.support.websockets import (
    HOST,
    UPGRADE,
    answer,
    cookie,
    end_of,
    is_open,
    next_with,
    soon,
)

pytestmark = pytest.mark.any_database


def frame(opcode, payload=b"", *, is_final=True):
    """Return a small frame of a browser (RFC 6455, 5.2), with a mask of zeros."""
    return bytes([0x80 * is_final | opcode, 0x80 | len(payload)]) + bytes(4) + payload


FLOODS = {
    "texts": [frame(1, b"x")],
    "binaries": [frame(2)],
    "pings": [frame(9)],
    "pongs": [frame(10, b"beat")],
    "fragments": [frame(1, is_final=False), *[frame(0, is_final=False)] * 40],
    "mixture": [frame(9), frame(1, b"x"), frame(10)],
}


def flood(frames, number):
    """Return so many frames, repeating these; a message of fragments only begins once."""
    return (frames + (frames[1:] if len(frames) > 40 else frames) * number)[:number]


@pytest.mark.parametrize("kind", FLOODS)
def test_browser_that_says_too_much_is_disconnected(tab, ana, bo, kind):
    flooding, quiet = tab(ana), tab(bo)
    flooding.sock.sendall(b"".join(flood(FLOODS[kind], MAX_RECEIVED + 1)))
    assert end_of(flooding) == 1008
    soon(lambda: hub_of(ana).size == 1)
    assert is_open(quiet)


@pytest.fixture
def paced(monkeypatch):
    """Return a protocol object after the upgrade, the list of what it sends, and its clock."""
    clock, sent = MonotonicClock(), []
    monkeypatch.setattr("linkmsg.clock.seconds", clock)
    server = SimpleNamespace(ws=Connection(SERVER), sock=SimpleNamespace(send=sent.append))
    return PacedProtocol(server), sent, clock


@pytest.mark.parametrize("kind", FLOODS)
def test_no_frame_is_parsed_after_the_limit(paced, monkeypatch, kind):
    """A read of 4 kB has up to 680 frames, and parsing takes most of the time."""
    (protocol, sent, _), parsed, parse = paced, [], FrameDecoder.process_buffer
    monkeypatch.setattr(
        FrameDecoder, "process_buffer", lambda each: (parsed.append(1), parse(each))[1]
    )
    protocol.receive_data(b"".join(flood(FLOODS[kind], 600)))
    with pytest.raises(TooManyFrames):
        list(protocol.events())
    assert len(parsed) == MAX_RECEIVED + 1
    assert sent == [b"\x88\x02\x03\xf0"]


def test_reads_of_one_byte_count_too(paced):
    protocol, sent, _ = paced
    for byte in frame(2, b"x" * 100)[:MAX_RECEIVED]:
        protocol.receive_data(bytes([byte]))
        list(protocol.events())
    protocol.receive_data(b"x")
    with pytest.raises(TooManyFrames):
        list(protocol.events())
    assert sent == [b"\x88\x02\x03\xf0"]


def test_browser_that_keeps_the_pace_stays_connected(paced):
    protocol, sent, clock = paced
    for _ in range(100):
        for _ in range(MAX_RECEIVED):
            protocol.receive_data(frame(10))
            assert len(list(protocol.events())) == 1
        clock.seconds += PACE_SECONDS
    assert sent == []


def test_thread_that_reads_leaves_the_socket_to_the_server():
    """The server still watches its number, which would be that of another connection next."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        environ = {"gunicorn.socket": ours, "HTTP_HOST": HOST, "PATH_INFO": "/live"}
        environ |= {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in UPGRADE.items()
        }
        LockedSocket.install(environ)
        ws = Server.accept(environ, thread_class=reading_thread)
        theirs.sendall(frame(9) * (MAX_RECEIVED + 1))
        ws.thread.join()
        assert ours.fileno() >= 0


def test_signed_out_visitors_open_few_sockets(server, app, ana):
    """Each takes a thread until the browser confirms that it is closed."""
    assert ana.token
    for _ in range(app.extensions["linkmsg"].member_sockets):
        with answer(server) as closed:
            assert closed.status == 101
    with answer(server) as refused:
        assert (refused.status, int(refused.headers["Retry-After"]) > 0) == (429, True)
    with answer(server, cookie(ana)) as allowed:
        assert allowed.status == 101


def test_member_cannot_open_sockets_all_the_time(server, app, ana, bo):
    limited = replace(app.extensions["linkmsg"], socket_openings_minutely=3)
    app.extensions["linkmsg.limits"] = RateLimitCounters.of(limited)
    for _ in range(3):
        with answer(server, cookie(ana)) as allowed:
            assert allowed.status == 101
    with answer(server, cookie(ana)) as refused:
        assert refused.status == 429
    with answer(server, cookie(bo)) as allowed:
        assert allowed.status == 101


class TestWithTwoSocketsOfAMember:
    @pytest.fixture
    def settings(self, settings):
        return replace(settings, member_sockets=2)

    def test_third_tab_displaces_the_oldest(self, connect, tab, ana, bo, talk):
        bos, tabs = tab(bo), [tab(ana), tab(ana), connect(cookie(ana))]
        assert end_of(tabs[0]) == 4429
        bo.send(talk, "Lunch?")
        for each in (bos, *tabs[1:]):
            assert next_with(each, "Lunch?")

    def test_displaced_tab_waits_until_another_has_gone(self, server, connect, tab, ana, bo):
        tabs = [tab(ana), tab(ana), connect(cookie(ana))]
        assert end_of(tabs[0]) == 4429
        soon(lambda: hub_of(ana).size == 2)
        for _ in range(3):
            with answer(server, cookie(ana), "/live?waiting=true") as refused:
                assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
            assert ana.get("/live").status_code == 503
            assert ana.get("/live?waiting=true").status_code == 503
            assert ana.get("/live?waiting=false").status_code == 204
        assert [is_open(each) for each in tabs[1:]] == [True, True]
        assert bo.get("/live").status_code == 204
        tabs[1].close()
        soon(lambda: hub_of(ana).size == 1)
        with answer(server, cookie(ana), "/live?waiting=true") as allowed:
            assert allowed.status == 101
        assert is_open(tabs[2])
