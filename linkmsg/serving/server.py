"""`linkmsg run`: prepare the data folder, upgrade the database, and serve with gunicorn."""

import errno
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Any, cast

from click import echo
from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers import gthread

from linkmsg import gc_tuning
from linkmsg.background.worker import Worker
from linkmsg.config import Settings
from linkmsg.live.hub import Hub
from linkmsg.serving import large_bodies
from linkmsg.serving.startup import (
    StartupError,
    lock_instance,
    prepare_instance,
    print_setup_address,
    settings_of,
    start_epoch,
)
from linkmsg.serving.worker import BufferingWorker

# Connections beyond those that occupy a thread: between two requests, or with a slow client.
WAITING_CONNECTIONS = 2000
# Seconds that a thread may run while others wait; 0.005 by default. A request that takes long then
# delays the others less.
SWITCH_SECONDS = 0.0003


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


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with one worker process and many threads, on a socket that is already bound."""

    def __init__(self, app: Flask, listener: int) -> None:
        self.app, self.listener = app, listener
        super().__init__()

    def load_config(self) -> None:
        """Set the options of gunicorn, which calls this at its start."""
        settings = settings_of(self.app)
        threads = settings.threads + settings.sockets + large_bodies.AT_ONCE
        options = {
            "bind": [f"fd://{self.listener}"],
            "worker_class": BufferingWorker,
            "workers": 1,
            # Each connected tab occupies a thread, which sleeps; so does each large upload.
            "threads": threads,
            "worker_connections": threads + WAITING_CONNECTIONS,
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
    start_epoch(app)
    _allow_open_files()
    sys.setswitchinterval(SWITCH_SECONDS)
    gc_tuning.tune_memory()
    Worker(app).start()


def _allow_open_files() -> None:
    """Raise the limit of open files, often 1,024, to what the system allows."""
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))


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
    # A browser on this machine reaches a server that listens on all addresses by one of them.
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104 - only compared
    print_setup_address(settings, f"http://{host}:{settings.port}")
