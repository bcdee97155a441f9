"""The WebSocket of each tab, and requests that tabs send about themselves."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sock import Sock
from simple_websocket import Server

from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.live.connection import BEAT, CATCH_UP, SIGNED_OUT, TabConnection
from linkmsg.live.hub import Hub
from linkmsg.web import auth
from linkmsg.web.responses import page
from linkmsg.web.websocket import LockedSocket, close_socket

bp = Blueprint("live", __name__)
sock = Sock()

RETRY_AFTER_SECONDS = 15
# A complete text frame (RFC 6455, 5.2), built once because thousands are sent each minute.
BEAT_FRAME = bytes([0x81, len(BEAT)]) + BEAT.encode()


@bp.before_request
def before_the_upgrade() -> ResponseReturnValue | None:
    """Refuse other sites, and any tab over the limit, before flask-sock accepts the socket."""
    if request.endpoint != "live.socket":
        return None
    if request.headers.get("Origin") != (settings.base_url or request.host_url.rstrip("/")):
        abort(403)
    if not Hub.here().has_room:
        return _no_room()
    LockedSocket.install(request.environ)
    return None


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def socket(ws: Server) -> None:
    """Send a member's tab what concerns her, until one of both ends it."""
    if not current_user.is_authenticated:
        return close_socket(ws, SIGNED_OUT)
    me, asked = auth.signed_in_user(), request.args
    looking = asked.get("looking") != "0"
    line = TabConnection(me.member.id, me.session.id, asked.get("tab", ""), looking=looking)
    db.session.remove()  # else the wait would occupy a database connection
    ws.event = ws.input_buffer = line
    line.socket = ws.sock
    if not ws.connected:
        return None
    if not Hub.here().join(line, asked.get("as-of", "")):
        return close_socket(ws, CATCH_UP)
    current_app.extensions["linkmsg.presence"].start()
    return _serve(ws, line)


@bp.get("/live")
def room() -> ResponseReturnValue:
    """Return 204 if another tab can connect, else 503 with the time to retry."""
    if not Hub.here().has_room:
        return _no_room()
    return Response(status=204)


@bp.get("/live/counts")
def counts() -> ResponseReturnValue:
    """Return the counts of unread messages and invitations, for a page that missed some frames."""
    return page("live/counts.html")


@bp.post("/live/looking")
def looking() -> ResponseReturnValue:
    """Whether a member looks at one of her tabs, which tells others that she is here."""
    tab, is_looking = request.form.get("tab", ""), request.form.get("looking") == "1"
    Hub.here().look(auth.viewer().id, tab, looking=is_looking)
    return Response(status=204)


def _no_room() -> Response:
    return Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _serve(ws: Server, line: TabConnection) -> None:
    hub = Hub.here()
    try:
        ws.sock.send(BEAT_FRAME)  # a page counts as connected after its first frame
        while (frame := line.next()) is not None:
            if frame == BEAT:
                ws.sock.send(BEAT_FRAME)
            else:
                ws.send(frame)
    except OSError:
        line.end(0)
    finally:
        hub.leave(line)
        if line.ignored:
            current_app.logger.info("a tab said %d things that nobody hears", line.ignored)
        close_socket(ws, line.code)
