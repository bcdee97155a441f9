"""`linkmsg run`: prepare the data folder, upgrade the database, and serve with gunicorn."""

import errno
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from click import echo
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread
from sqlalchemy import select

from linkmsg import gc_tuning, instance_lock, migrations
from linkmsg.actions import snapshots
from linkmsg.background.worker import Worker
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.live.hub import Hub
from linkmsg.models import Member

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREPARED, LOCKED = "linkmsg.prepared", "linkmsg.lock"
_prepare_lock = threading.Lock()


class StartupError(Exception):
    """Raised if linkmsg can't start; the message is a sentence for the administrator."""


def main(app: Flask) -> None:
    """Serve an app; if it can't start, print why and exit with status 1."""
    try:
        serve(app)
    except StartupError as error:
        sys.exit(f"Error: {error}")


def serve(app: Flask) -> None:
    """Prepare the data folder and the database, and serve the app until a signal stops it.

    Raises:
        StartupError: the port, the data folder or the database can't be used.
    """
    settings = settings_of(app)
    with closing(_bind_port(settings.host, settings.port)) as listener:
        lock_instance(app)
        prepare_instance(app)
        Server(app, listener.detach()).run()


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
    if db.session.scalar(select(Member.id).limit(1)) is not None:
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
            _start_epoch(self.app)
            _print_setup_token(settings_of(self.app))
        return self.wsgi_app(environ, start_response)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker process and many threads, on a socket that is already bound."""

    def __init__(self, app: Flask, listener: int) -> None:
        self.app, self.listener = app, listener
        super().__init__()

    def load_config(self) -> None:
        """Set the options of gunicorn, which calls this at its start."""
        settings = settings_of(self.app)
        options = {
            "bind": [f"fd://{self.listener}"],
            "worker_class": "gthread",
            "workers": 1,
            # Each connected tab occupies a thread, which sleeps.
            "threads": settings.threads + settings.sockets,
            "worker_connections": settings.threads + settings.sockets + 1000,
            "timeout": 60,
            "graceful_timeout": 10,
            "keepalive": 15,
            "umask": 0o077,
            "forwarded_allow_ips": "",  # only LINKMSG_TRUSTED_PROXIES decides
            "control_socket_disable": True,  # instances would share one in the home folder
            "loglevel": "warning",
            "when_ready": lambda _: _print_address(settings),
            "post_worker_init": lambda _: _start_worker(self.app),
        }
        for name, value in options.items():
            self.cfg.set(name, value)
        # Seconds that a stopping worker waits for idle keep-alive connections; 2 by default.
        gthread.STOP_KEEPALIVE_LINGER = 0.5

    def load(self) -> Flask:
        """Return the app; gunicorn calls this in its worker process."""
        return self.app


def _start_worker(app: Flask) -> None:
    """Set up signals, memory and background tasks in gunicorn's worker process."""
    _close_tabs_on_stop(app)
    _start_epoch(app)
    gc_tuning.tune_memory()
    Worker(app).start()


def _start_epoch(app: Flask) -> None:
    with app.app_context():
        snapshots.start_epoch()


def _close_tabs_on_stop(app: Flask) -> None:
    """Close all WebSockets on a stop signal, because gunicorn would wait for them to end."""
    hub: Hub = app.extensions["linkmsg.hub"]

    def closing_tabs(handler: Callable[[int, Any], None]) -> Callable[[int, Any], None]:
        def stop(number: int, frame: Any) -> None:
            hub.close()
            handler(number, frame)

        return stop

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        handler = cast("Callable[[int, Any], None]", signal.getsignal(each))
        signal.signal(each, closing_tabs(handler))


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


def _bind_port(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise StartupError(
                f"Port {port} of {host} is in use. Stop that program, or set LINKMSG_PORT."
            ) from None
        raise StartupError(
            f"linkmsg can't listen on {host}, port {port}: {error.strerror}."
        ) from None
    return listener


def _print_address(settings: Settings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    echo(f"linkmsg is running at {settings.base_url or f'http://{host}:{settings.port}'}")
    _print_setup_token(settings)


def _print_setup_token(settings: Settings) -> None:
    file = settings.setup_token_file
    if file.exists():
        echo(f"There is no account yet. The token for /setup is {file.read_text().strip()}")
