"""Sockets on a real server, seen from a browser."""

import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from simple_websocket import ConnectionClosed

# What simple-websocket's client calls the server: it leaves the port out.
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
    """The cookie of her browser, in which she is signed in."""
    return person.client.get_cookie("session").value


def soon(is_so, within=5.0):
    """Wait until something is so; how long it took, in seconds."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within, "it did not come about"
        time.sleep(0.01)
    return time.monotonic() - began


def end_of(client, within=5.0):
    """The close code that a tab is sent; what else it is sent until then does not matter."""
    until = time.monotonic() + within
    while (left := until - time.monotonic()) > 0:
        try:
            client.receive(timeout=left)
        except ConnectionClosed as end:
            return int(end.reason)
    raise AssertionError("it is open still")


def is_open(client):
    """Whether a tab is connected still, a moment later."""
    client.receive(timeout=0.3)
    return client.connected


def next_with(client, text):
    """The next frame with a text in it."""
    for _ in range(5):
        if text in (frame := client.receive(timeout=5) or ""):
            return frame
    raise AssertionError(f"{text} was not told")


@contextmanager
def answer(server, cookie="", **headers):
    """The plain answer to one who wants a socket."""
    asking = HTTPConnection(HOST, server.port, timeout=5)
    given = UPGRADE | ({"Cookie": f"session={cookie}"} if cookie else {}) | headers
    asking.request("GET", "/live", headers={key: value for key, value in given.items() if value})
    with closing(asking), asking.getresponse() as given_back:
        yield given_back
