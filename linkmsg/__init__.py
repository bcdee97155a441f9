"""linkmsg: private messaging for professional networks, on your own machine."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from jinja2 import StrictUndefined

from linkmsg import blueprints, config, live, private_logs, search, serving
from linkmsg.blueprints import accounts
from linkmsg.clock import ClockWatch
from linkmsg.db import ENGINE_OPTIONS, db, prepare_engine
from linkmsg.models import snapshot
from linkmsg.storage import create_blob_store
from linkmsg.storage.thumbnails import HEAVY_IMAGES, Thumbnailer
from linkmsg.web import (
    auth,
    csrf,
    errors,
    input_checks,
    login_guard,
    origins,
    params,
    rate_limits,
    request_limits,
    responses,
    site_address,
    static_files,
    template_filters,
)
from linkmsg.web.concurrency import ConcurrencyLimit
from linkmsg.web.proxies import TrustedProxies
from linkmsg.web.websocket import reading_thread

MAX_FORM_SIZE = 1024 * 1024


def create_app(settings: config.Settings | None = None, *, prepared: bool = False) -> Flask:
    """Return the Flask app; without `settings`, they are read from environment variables.

    Creating the app starts no thread, migrates no database and writes no file. Unless `prepared`
    is true, the first request creates the data folder and the database schema.

    Raises:
        ConfigError: A setting is invalid or unknown.
    """
    settings = settings or config.from_environment(os.environ)
    private_logs.init_app()
    app = Flask(__name__, static_folder=None)
    app.extensions["linkmsg"] = settings
    app.extensions["linkmsg.blobs"] = create_blob_store(settings)
    app.extensions["linkmsg.clock"] = ClockWatch()
    app.extensions["linkmsg.thumbnailer"] = Thumbnailer(settings.data_dir / HEAVY_IMAGES)
    search.init_app(app, settings)
    app.config.update(_flask_config(settings))
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    snapshot.count_writes()
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    Migrate(app, db, directory=str(Path(__file__).parent / "migrations"), render_as_batch=True)
    live.init_app(app)
    _init_web(app)
    blueprints.init_app(app)
    csrf.csrf_protect.init_app(app)
    app.before_request(input_checks.check_form)
    rate_limits.init_app(app)
    Compress(app)
    app.wsgi_app = ConcurrencyLimit(app.wsgi_app, settings.threads)  # type: ignore[method-assign, assignment]
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign, assignment]
    if not prepared:
        app.wsgi_app = serving.PreparationMiddleware(app)  # type: ignore[method-assign]
    return app


def _init_web(app: Flask) -> None:
    """Register what modules of `linkmsg.web` add to the app: hooks, error pages, filters."""
    for module in (site_address, origins, request_limits, input_checks, params, auth, responses):
        module.init_app(app)
    for module in (errors, template_filters, static_files):
        module.init_app(app)
    login_guard.init_app(app, accounts.ask_to_sign_in)


def _flask_config(settings: config.Settings) -> dict[str, Any]:
    """Return `app.config` for Flask and its extensions: database, cookies, size limits."""
    # After a restart of the database server the pool holds dead connections.
    pre_ping = {} if settings.database_address.startswith("sqlite") else {"pool_pre_ping": True}
    return {
        "SECRET_KEY": settings.secret(),
        "SQLALCHEMY_DATABASE_URI": settings.database_address,
        "SQLALCHEMY_ENGINE_OPTIONS": ENGINE_OPTIONS | {"pool_size": settings.threads, **pre_ping},
        "MAX_CONTENT_LENGTH": MAX_FORM_SIZE,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_SIZE,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_life),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_MIMETYPES": COMPRESSED_TYPES,
        "COMPRESS_MIN_SIZE": 500,
        "SOCK_SERVER_OPTIONS": {
            "ping_interval": 25,
            "max_message_size": 16 * 1024,
            "thread_class": reading_thread,
        },
    }


COMPRESSED_TYPES = ["text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain"]
