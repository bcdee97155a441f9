from contextlib import suppress
from types import SimpleNamespace

import pytest
from simple_websocket import Client, ConnectionClosed

from linkmsg.live.connection import HEARTBEAT
from tests.support import listeners
from tests.support.listeners import hub_of, label_now
from tests.support.live_server import LiveServer
from tests.support.websockets import HOST, ORIGIN, cookie, soon


class Tab(Client):
    """A tab that skips heartbeats."""

    def receive(self, timeout=None):
        """Return the next frame that is no heartbeat."""
        while (frame := super().receive(timeout)) == HEARTBEAT:
            continue
        return frame


@pytest.fixture
def tabs(ana, bo, cy, talk):
    """Open a tab of each: of the two who talk, and of a stranger, who must get no frame."""
    for person in (ana, bo, cy):
        assert person.token  # signed in, so that no frame of it comes later
    return SimpleNamespace(
        **{each.first_name.lower(): listeners.tab(each) for each in (ana, bo, cy)}
    )


@pytest.fixture
def server(app):
    """Serve the app on a port, until its connections are closed."""
    running = LiveServer(app)
    running.start()
    yield running
    app.extensions["linkmsg.hub"].close()
    app.extensions["linkmsg.presence"].join(120)
    running.stop()


@pytest.fixture
def connect(server):
    """Open a WebSocket with a member's cookie, or with none."""
    opened = []

    def open_(cookie="", snapshot=""):
        headers = {"Origin": ORIGIN} | ({"Cookie": f"session={cookie}"} if cookie else {})
        address = f"ws://{HOST}:{server.port}/live?snapshot={snapshot or label_now(server.app)}"
        # In single bytes: the client drops a frame that it reads together with the upgrade.
        opened.append(Tab.connect(address, headers=headers, receive_bytes=1))
        return opened[-1]

    yield open_
    for each in opened:
        with suppress(ConnectionClosed, OSError):
            each.close()


@pytest.fixture
def tab(connect):
    """Open a tab of a member, and wait until the hub has it."""

    def open_(person):
        before = hub_of(person).size
        client = connect(cookie(person))
        soon(lambda: hub_of(person).size > before)
        return client

    return open_
