"""Live updates: which tabs are connected, and the frames that are sent to them."""

from flask import Flask

from linkmsg.live.hub import Hub
from linkmsg.live.presence import PresenceMonitor


def init_app(app: Flask) -> None:
    """Give `app` an empty hub, and a monitor that starts with the first connection."""
    hub = Hub(app.extensions["linkmsg"].sockets)
    app.extensions["linkmsg.hub"] = hub
    app.extensions["linkmsg.presence"] = PresenceMonitor(hub)
