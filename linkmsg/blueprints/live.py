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
def check_before_upgrade() -> ResponseReturnValue | None:
    """Refuse other sites, and any tab over the limit, before flask-sock accepts the socket."""
    if request.endpoint != "live.socket":
        return None
    if request.headers.get("Origin") != (settings.base_url or request.host_url.rstrip("/")):
        abort(403)
    if not Hub.here().has_room:
        return _capacity_reached()
    LockedSocket.install(request.environ)
    return None


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def socket(ws: Server) -> None:
    """Send frames to a tab until it disconnects or its session ends."""
    if not current_user.is_authenticated:
        return close_socket(ws, SIGNED_OUT)
    me, args = auth.signed_in_user(), request.args
    looking = args.get("looking") != "0"
    connection = TabConnection(me.member.id, me.session.id, args.get("tab", ""), looking=looking)
    db.session.remove()  # else the wait would occupy a database connection
    ws.event = ws.input_buffer = connection
    connection.socket = ws.sock
    if not ws.connected:
        return None
    if not Hub.here().join(connection, args.get("as-of", "")):
        return close_socket(ws, CATCH_UP)
    current_app.extensions["linkmsg.presence"].start()
    return _serve(ws, connection)


@bp.get("/live")
def room() -> ResponseReturnValue:
    """Return 204 if another tab can connect, else 503 with the time to retry."""
    if not Hub.here().has_room:
        return _capacity_reached()
    return Response(status=204)


@bp.get("/live/counts")
def counts() -> ResponseReturnValue:
    """Return the counts of unread messages and invitations, for a page that missed some frames."""
    return page("live/counts.html")


@bp.post("/live/looking")
def looking() -> ResponseReturnValue:
    """Record whether a tab is visible, which decides if its member is shown as active."""
    tab, is_looking = request.form.get("tab", ""), request.form.get("looking") == "1"
    Hub.here().look(auth.viewer().id, tab, looking=is_looking)
    return Response(status=204)


def _capacity_reached() -> Response:
    return Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _serve(ws: Server, connection: TabConnection) -> None:
    hub = Hub.here()
    try:
        ws.sock.send(BEAT_FRAME)  # a page counts as connected after its first frame
        while (frame := connection.next()) is not None:
            if frame == BEAT:
                ws.sock.send(BEAT_FRAME)
            else:
                ws.send(frame)
    except OSError:
        connection.end(0)
    finally:
        hub.leave(connection)
        if connection.ignored:
            current_app.logger.info("ignored %d messages of a tab", connection.ignored)
        close_socket(ws, connection.code)
