"""Helpers for tests that open WebSockets to a real server, as a browser does."""

import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from simple_websocket import ConnectionClosed

# The client of simple-websocket sends a Host header without the port.
HOST = "127.0.0.1"
ORIGIN = f"http://{HOST}"
UPGRADE = {
    "Host": HOST,
    "Origin": ORIGIN,
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def cookie(person):
    """Return the value of the session cookie in a person's browser, where they are signed in."""
    return person.client.get_cookie("session").value


def soon(is_so, within=120.0):
    """Call `is_so` until it is true, and return how many seconds that took.

    Fail after `within` seconds.
    """
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within, "the condition never held"
        time.sleep(0.01)
    return time.monotonic() - began


def end_of(client, within=120.0):
    """Read frames until the server closes the WebSocket; return its close code.

    Fail after `within` seconds.
    """
    until = time.monotonic() + within
    while (left := until - time.monotonic()) > 0:
        try:
            client.receive(timeout=left)
        except ConnectionClosed as end:
            return int(end.reason)
    raise AssertionError("the tab is still open")


def is_open(client):
    """Return whether a WebSocket is still open, after reading for up to 0.3 seconds."""
    client.receive(timeout=0.3)
    return client.connected


def next_with(client, text):
    """Return the next frame that contains a text; fail if it is not among the next five."""
    for _ in range(5):
        if text in (frame := client.receive(timeout=120) or ""):
            return frame
    raise AssertionError(f"no frame contains {text}")


@contextmanager
def answer(server, cookie="", path="/live", **headers):
    """Request a WebSocket with these headers, and yield the HTTP response, such as 101 or 403."""
    asking = HTTPConnection(HOST, server.port, timeout=120)
    given = UPGRADE | ({"Cookie": f"session={cookie}"} if cookie else {}) | headers
    asking.request("GET", path, headers={key: value for key, value in given.items() if value})
    with closing(asking), asking.getresponse() as given_back:
        yield given_back
