"""The socket, one for each tab, and what a tab says of itself by ordinary requests."""

import contextlib
import socket as sockets
import struct
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sock import Sock
from simple_websocket import Server

from linkmsg.blueprints import access
from linkmsg.blueprints.answers import page
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.live.hub import Hub
from linkmsg.live.line import BEAT, CATCH_UP, SIGNED_OUT, Line
from linkmsg.live.watch import Watch

door = Blueprint("live", __name__)
sock = Sock()

ASK_AGAIN = 15
# A reader that takes nothing for so long, in seconds, is gone.
STALLED = 20
CLOSING = 2
# RFC 6455, 5.2: a whole text frame as it stands, for thousands are sent each minute.
PULSE = bytes([0x81, len(BEAT)]) + BEAT.encode()


def init_app(app: Flask) -> None:
    """Give `app` its hub, which is empty, and the watch over it, which sleeps."""
    app.config["SOCK_SERVER_OPTIONS"] = {"ping_interval": 25, "max_message_size": 16 * 1024}
    hub = Hub(app.extensions["linkmsg"].sockets)
    app.extensions["linkmsg.hub"] = hub
    app.extensions["linkmsg.watch"] = Watch(hub)


@door.before_request
def before_the_upgrade() -> ResponseReturnValue | None:
    """What is refused before flask-sock accepts: other sites, and whoever finds no room."""
    if request.endpoint != "live.socket":
        return None
    if request.headers.get("Origin") != (settings.base_url or request.host_url.rstrip("/")):
        abort(403)
    if not Hub.here().has_room:
        return _no_room()
    Wire.lay(request.environ)
    return None


@sock.route("/live", bp=door)  # type: ignore[untyped-decorator]
def socket(ws: Server) -> None:
    """Send a member's tab what concerns her, until one of both ends it."""
    if not current_user.is_authenticated:
        return hang_up(ws, SIGNED_OUT)
    me, asked = access.signed_in(), request.args
    looking = asked.get("looking") != "0"
    line = Line(me.member.id, me.session.id, asked.get("tab", ""), looking=looking)
    db.session.remove()  # waiting, it would keep a connection from all others
    ws.event = ws.input_buffer = line
    line.socket = ws.sock
    if not ws.connected:
        return None
    if not Hub.here().join(line, asked.get("as-of", "")):
        return hang_up(ws, CATCH_UP)
    current_app.extensions["linkmsg.watch"].start()
    return _serve(ws, line)


@door.get("/live")
def room() -> ResponseReturnValue:
    """Whether there is room for another tab: 503 and when to ask again, or 204."""
    if not Hub.here().has_room:
        return _no_room()
    return Response(status=204)


@door.get("/live/counts")
def counts() -> ResponseReturnValue:
    """What waits, for a page that has missed something and shows nothing else of it."""
    return page("live/counts.html")


@door.post("/live/looking")
def looking() -> ResponseReturnValue:
    """Whether a member looks at one of her tabs, which tells others that she is here."""
    tab, is_looking = request.form.get("tab", ""), request.form.get("looking") == "1"
    Hub.here().look(access.viewer().id, tab, looking=is_looking)
    return Response(status=204)


def _no_room() -> Response:
    return Response(status=503, headers={"Retry-After": str(ASK_AGAIN)})


def _serve(ws: Server, line: Line) -> None:
    hub = Hub.here()
    try:
        ws.sock.send(PULSE)  # a page counts as connected once it has heard something
        while (frame := line.next()) is not None:
            if frame == BEAT:
                ws.sock.send(PULSE)
            else:
                ws.send(frame)
    except OSError:
        line.end(0)
    finally:
        hub.leave(line)
        if line.ignored:
            current_app.logger.info("a tab said %d things that nobody hears", line.ignored)
        hang_up(ws, line.code)


def hang_up(ws: Server, code: int | None) -> None:
    """Close with a code, and wait for the other side: a server writes on as soon as we return."""
    with contextlib.suppress(Exception):
        if code and ws.connected:
            ws.close(code)
    ws.thread.join(CLOSING)
    with contextlib.suppress(OSError):
        ws.sock.shutdown(sockets.SHUT_RDWR)
    ws.thread.join(CLOSING)


class Wire:
    """A connection whose writers stand in line and write all of what they write.

    simple-websocket answers pings from its reading thread while frames are sent, and takes a
    short write for a whole one: to a slow reader the two would run into each other.
    """

    def __init__(self, connection: Any) -> None:
        self._connection, self._turn = connection, Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def send(self, data: bytes) -> int:
        """Write all of it, or fail."""
        with self._turn:
            self._connection.sendall(data)
        return len(data)

    @classmethod
    def lay(cls, environ: dict[str, Any]) -> None:
        """Put wires where simple-websocket looks for the connection of a request.

        The compressor is thrown away after each frame (RFC 7692, 7.1.1.1): kept, it would cost
        every socket a quarter of a megabyte.
        """
        wait = struct.pack("ll", STALLED, 0)
        for name in ("werkzeug.socket", "gunicorn.socket"):
            if name in environ:
                environ[name].setsockopt(sockets.SOL_SOCKET, sockets.SO_SNDTIMEO, wait)
                environ[name] = cls(environ[name])
        offer = "HTTP_SEC_WEBSOCKET_EXTENSIONS"
        if "permessage-deflate" in environ.get(offer, ""):
            environ[offer] = "permessage-deflate; server_no_context_takeover"
