"""The socket, one for each tab, and what a tab says of itself by ordinary requests."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sock import Sock
from simple_websocket import Server

from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.live.connection import CLOSE_CATCH_UP, CLOSE_SIGNED_OUT, HEARTBEAT, TabConnection
from linkmsg.live.hub import Hub
from linkmsg.models import snapshot
from linkmsg.web import auth
from linkmsg.web.responses import page
from linkmsg.web.websocket import Wire, hang_up

bp = Blueprint("live", __name__)
sock = Sock()

ASK_AGAIN = 15
# RFC 6455, 5.2: a whole text frame as it stands, for thousands are sent each minute.
PULSE = bytes([0x81, len(HEARTBEAT)]) + HEARTBEAT.encode()


@bp.before_request
def before_the_upgrade() -> ResponseReturnValue | None:
    """What is refused before flask-sock accepts: other sites, and whoever finds no room."""
    if request.endpoint != "live.socket":
        return None
    if request.headers.get("Origin") != (settings.base_url or request.host_url.rstrip("/")):
        abort(403)
    if not Hub.current().has_room:
        return _no_room()
    Wire.lay(request.environ)
    return None


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def socket(ws: Server) -> None:
    """Send a member's tab what concerns her, until one of both ends it."""
    if not current_user.is_authenticated:
        return hang_up(ws, CLOSE_SIGNED_OUT)
    me, asked = auth.signed_in(), request.args
    is_visible, tab = asked.get("looking") != "0", asked.get("tab", "")
    connection = TabConnection(me.member.id, me.session.id, tab, is_visible=is_visible)
    number = snapshot.number_to_compare(asked.get("snapshot", ""))
    db.session.remove()  # waiting, it would keep a connection from all others
    ws.event = ws.input_buffer = connection
    connection.socket = ws.sock
    if not ws.connected:
        return None
    if not Hub.current().add(connection, number):
        return hang_up(ws, CLOSE_CATCH_UP)
    current_app.extensions["linkmsg.presence"].start()
    return _serve(ws, connection)


@bp.get("/live")
def room() -> ResponseReturnValue:
    """Whether there is room for another tab: 503 and when to ask again, or 204."""
    if not Hub.current().has_room:
        return _no_room()
    return Response(status=204)


@bp.get("/live/counts")
def counts() -> ResponseReturnValue:
    """What waits, for a page that has missed something and shows nothing else of it."""
    return page("live/counts.html")


@bp.post("/live/looking")
def looking() -> ResponseReturnValue:
    """Whether a member looks at one of her tabs, which tells others that she is here."""
    tab, is_visible = request.form.get("tab", ""), request.form.get("looking") == "1"
    Hub.current().set_visible(auth.viewer().id, tab, is_visible=is_visible)
    return Response(status=204)


def _no_room() -> Response:
    return Response(status=503, headers={"Retry-After": str(ASK_AGAIN)})


def _serve(ws: Server, connection: TabConnection) -> None:
    hub = Hub.current()
    try:
        ws.sock.send(PULSE)  # a page counts as connected once it has heard something
        while (frame := connection.next_frame()) is not None:
            if frame == HEARTBEAT:
                ws.sock.send(PULSE)
            else:
                ws.send(frame)
    except OSError:
        connection.close(0)
    finally:
        hub.remove(connection)
        if connection.ignored:
            current_app.logger.info("a tab said %d things that nobody hears", connection.ignored)
        hang_up(ws, connection.close_code)
