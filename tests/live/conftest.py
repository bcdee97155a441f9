from contextlib import suppress
from types import SimpleNamespace

import pytest
from simple_websocket import Client, ConnectionClosed

from linkmsg.live.connection import BEAT
from tests.support import listeners
from tests.support.listeners import fresh, hub_of
from tests.support.live_server import LiveServer
from tests.support.websockets import HOST, ORIGIN, cookie, soon


class Tab(Client):
    """A tab that tells what it hears, but for the beats."""

    def receive(self, timeout=None):
        """The next frame that says something."""
        while (frame := super().receive(timeout)) == BEAT:
            continue
        return frame


@pytest.fixture
def tabs(ana, bo, cy, talk):
    """A tab of each: of the two who talk, and of a stranger, who never hears a word of it."""
    for person in (ana, bo, cy):
        assert person.token  # signed in, so that nothing of that is heard later
    return SimpleNamespace(
        **{each.first_name.lower(): listeners.tab(each) for each in (ana, bo, cy)}
    )


@pytest.fixture
def server(app):
    """The app on a port, until its lines are closed."""
    running = LiveServer(app)
    running.start()
    yield running
    app.extensions["linkmsg.hub"].close()
    app.extensions["linkmsg.presence"].join(5)
    running.stop()


@pytest.fixture
def connect(server):
    """Open a socket with somebody's cookie, or with none."""
    opened = []

    def open_(cookie="", as_of=""):
        headers = {"Origin": ORIGIN} | ({"Cookie": f"session={cookie}"} if cookie else {})
        address = f"ws://{HOST}:{server.port}/live?as-of={as_of or fresh()}"
        # By single bytes: read with the answer to its upgrade, a frame would be forgotten.
        opened.append(Tab.connect(address, headers=headers, receive_bytes=1))
        return opened[-1]

    yield open_
    for each in opened:
        with suppress(ConnectionClosed, OSError):
            each.close()


@pytest.fixture
def tab(connect):
    """Open a tab of somebody, and wait until the hub knows it."""

    def open_(person):
        before = hub_of(person).size
        client = connect(cookie(person))
        soon(lambda: hub_of(person).size > before)
        return client

    return open_
