"""Before the first request: the data folder, its secret key, and the database schema."""

import os
import secrets
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from click import echo
from flask import Flask

from linkmsg import instance_lock, migrations
from linkmsg.actions import snapshots
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.models import Member

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREPARED, LOCKED = "linkmsg.prepared", "linkmsg.lock"
_prepare_lock = threading.Lock()


class StartupError(Exception):
    """Raised if linkmsg can't start; the message is a sentence for the administrator."""


def lock_instance(app: Flask) -> None:
    """Lock the data for this server, until its processes have ended; StartupError if in use."""
    with _prepare_lock:
        if LOCKED in app.extensions:
            return
        try:
            app.extensions[LOCKED] = instance_lock.hold(settings_of(app))
        except instance_lock.LockError as error:
            raise StartupError(str(error)) from error


def prepare_instance(app: Flask) -> None:
    """Create the data folder and its secret key, and upgrade the database, once per app.

    Raises:
        StartupError: the data folder or the database can't be used.
    """
    with _prepare_lock:
        if PREPARED in app.extensions:
            return
        data_dir = settings_of(app).data_dir
        try:
            with instance_lock.preparing(data_dir):
                _prepare_data(app, settings_of(app))
        except migrations.UpgradeError as error:
            raise StartupError(str(error)) from error
        except OSError as error:
            raise StartupError(
                f"{error.filename or data_dir} can't be used: {error.strerror}."
            ) from error
        app.extensions[PREPARED] = True


def settings_of(app: Flask) -> Settings:
    """Return the Settings that `create_app` was given or has read."""
    return cast(Settings, app.extensions["linkmsg"])


def update_setup_token(file: Path) -> None:
    """Create the file with the token for /setup if there is no account yet, else delete it."""
    if db.session.scalar(Member.any_exists()):
        file.unlink(missing_ok=True)
    elif not file.exists():
        _write_private(file, secrets.token_urlsafe(16))
    db.session.remove()


class PreparationMiddleware:
    """WSGI middleware for `flask run` and the like: the first request calls prepare_instance."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.wsgi_app = cast("WSGIApplication", app.wsgi_app)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Pass a request to the app; if it can't be prepared, log why and answer 503."""
        if PREPARED not in self.app.extensions:
            try:
                lock_instance(self.app)
                prepare_instance(self.app)
            except StartupError as error:
                self.app.logger.error("%s", error)
                start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
                return [b"linkmsg can't start. See its log for the reason.\n"]
            start_epoch(self.app)
            print_setup_address(settings_of(self.app), _server_url(environ))
        return self.wsgi_app(environ, start_response)


def start_epoch(app: Flask) -> None:
    """Let the snapshot numbers of this run differ from those of earlier ones."""
    with app.app_context():
        snapshots.start_epoch()


def print_setup_address(settings: Settings, server_url: str) -> None:
    """Print the address of the set-up form, with its token, if there is no account yet.

    It begins with LINKMSG_BASE_URL, or with `server_url` if that is not set.
    """
    file = settings.setup_token_file
    if file.exists():
        address = f"{settings.base_url or server_url}/setup?token={file.read_text().strip()}"
        echo(f"There is no account yet. Create the first one at {address}")


def _server_url(environ: "WSGIEnvironment") -> str:
    """Return the address on which a server listens; its clients can't choose it, unlike Host."""
    return f"{environ['wsgi.url_scheme']}://{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"


def _prepare_data(app: Flask, settings: Settings) -> None:
    app.config["SECRET_KEY"] = _secret(settings)
    with app.app_context():
        migrations.upgrade(db.engine.url)
        update_setup_token(settings.setup_token_file)
        db.engine.dispose()  # a connection must not cross gunicorn's fork


def _secret(settings: Settings) -> str:
    if not settings.secret_key and not settings.secret_file.exists():
        _write_private(settings.secret_file, secrets.token_hex(32))
    return settings.secret()


def _write_private(file: Path, text: str) -> None:
    """Write a text file that only its owner can read: as a whole, or after a crash not at all."""
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as target:
        target.write(f"{text}\n")
        target.flush()
        os.fsync(target.fileno())
    draft.replace(file)
