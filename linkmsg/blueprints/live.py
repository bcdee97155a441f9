"""The WebSocket of each browser tab, and small requests about it."""

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_sock import Sock
from simple_websocket import Server

from linkmsg.db import db
from linkmsg.live.connection import CLOSE_CATCH_UP, CLOSE_SIGNED_OUT, HEARTBEAT, TabConnection
from linkmsg.live.hub import Hub
from linkmsg.models import snapshot
from linkmsg.web import auth, origins, rate_limits
from linkmsg.web.concurrency import release_slot
from linkmsg.web.responses import fragment_or_redirect
from linkmsg.web.websocket import LockedSocket, close_socket

bp = Blueprint("live", __name__)
sock = Sock()

HANDSHAKE = ("Sec-WebSocket-Key", "Sec-WebSocket-Version")
RETRY_AFTER_SECONDS = 15
# A complete text frame (RFC 6455, 5.2), built once because thousands are sent each minute.
HEARTBEAT_FRAME = bytes([0x81, len(HEARTBEAT)]) + HEARTBEAT.encode()


@bp.before_request
def check_before_upgrade() -> ResponseReturnValue | None:
    """Refuse a WebSocket that another site opens, or that exceeds the limit of connections.

    This runs before flask-sock accepts the socket. Other requests pass. A new tab, or one that
    comes into view, may displace another tab of its member. One that was displaced
    (`?waiting=true`) waits until a tab has gone, or two would displace each other for ever.
    """
    if request.endpoint != "live.socket":
        return None
    if not origins.may_open_socket():
        abort(403)
    if not all(map(request.headers.get, HANDSHAKE)):
        abort(400)
    if not _has_place(is_waiting=request.args.get("waiting") == "true"):
        return _capacity_reached()
    rate_limits.enforce_socket_limit()
    LockedSocket.install(request.environ)
    return None


@sock.route("/live", bp=bp)  # type: ignore[untyped-decorator]
def socket(ws: Server) -> None:
    """Send updates to a tab, as WebSocket frames, until it disconnects or its session ends."""
    if not current_user.is_authenticated:
        return _close_signed_out(ws)
    me, args = auth.signed_in_user(), request.args
    is_visible, tab = args.get("looking") != "0", args.get("tab", "")
    connection = TabConnection(me.member.id, me.session.id, tab, is_visible=is_visible)
    number = snapshot.number_to_compare(args.get("snapshot", ""))
    _hold_nothing()
    ws.event = ws.input_buffer = connection
    connection.socket = ws.sock
    if not ws.connected:
        return close_socket(ws, None)
    if not Hub.current().add(connection, number):
        return close_socket(ws, CLOSE_CATCH_UP)
    current_app.extensions["linkmsg.presence"].start()
    return _serve(ws, connection)


@bp.get("/live")
def room() -> ResponseReturnValue:
    """Return 204 if the member can open another WebSocket, else 503 with `Retry-After`.

    Pages ask before they connect. `?waiting=false` asks for one that may displace another tab.
    """
    if origins.is_opened_in_tab():
        return redirect(url_for("accounts.home"), 303)
    if not _has_place(is_waiting=request.args.get("waiting") != "false"):
        return _capacity_reached()
    return Response(status=204)


@bp.get("/live/counts")
def counts() -> ResponseReturnValue:
    """Return the counts of unread messages and invitations, for a page that missed some updates."""
    return fragment_or_redirect(url_for("messaging.inbox"), "live/counts.html")


@bp.post("/live/looking")
def looking() -> ResponseReturnValue:
    """Record whether a tab is visible, which decides if its member is shown as active."""
    tab, is_visible = request.form.get("tab", ""), request.form.get("looking") == "1"
    Hub.current().set_visible(auth.viewer().id, tab, is_visible=is_visible)
    return Response(status=204)


def _hold_nothing() -> None:
    """Give back what this request holds, because it is about to wait for its browser."""
    db.session.remove()
    release_slot(request.environ)


def _close_signed_out(ws: Server) -> None:
    _hold_nothing()
    close_socket(ws, CLOSE_SIGNED_OUT)


def _has_place(*, is_waiting: bool) -> bool:
    """Return whether a tab can connect; one that waits must not displace another of its member."""
    if is_waiting and current_user.is_authenticated:
        return Hub.current().has_room_for(auth.viewer().id)
    return Hub.current().has_room


def _capacity_reached() -> Response:
    return Response(status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _serve(ws: Server, connection: TabConnection) -> None:
    hub = Hub.current()
    try:
        ws.sock.send(HEARTBEAT_FRAME)  # a page counts as connected after its first frame
        while (frame := connection.next_frame()) is not None:
            if frame == HEARTBEAT:
                ws.sock.send(HEARTBEAT_FRAME)
            else:
                ws.send(frame)
    except OSError:
        connection.close(0)
    finally:
        hub.remove(connection)
        if connection.ignored:
            current_app.logger.info("ignored %d messages of a tab", connection.ignored)
        close_socket(ws, connection.close_code)
