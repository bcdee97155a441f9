"""Live updates over WebSockets: the connected browser tabs, and the HTML that is sent to them."""

from flask import Flask

from linkmsg.live.hub import Hub
from linkmsg.live.presence import PresenceMonitor


def init_app(app: Flask) -> None:
    """Give `app` a Hub without connections, and a PresenceMonitor that is not started yet."""
    settings = app.extensions["linkmsg"]
    hub = Hub(settings.sockets, settings.member_sockets)
    app.extensions["linkmsg.hub"] = hub
    app.extensions["linkmsg.presence"] = PresenceMonitor(hub)
