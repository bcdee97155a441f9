"""Stop what an app has started in a test."""

from flask import Flask

from linkmsg.db import db


def stop_app(app: Flask) -> None:
    """Disconnect the tabs of an app, stop its threads and child, and close its database."""
    app.extensions["linkmsg.hub"].close()
    app.extensions["linkmsg.presence"].join(120)
    app.extensions["linkmsg.thumbnailer"].close()
    with app.app_context():
        db.engine.dispose()
