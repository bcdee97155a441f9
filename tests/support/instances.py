"""Create apps in given data folders, and look at the files and rows that result."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, text

from linkmsg import create_app, serving
from linkmsg.config import Settings
from linkmsg.db import db

PASSWORD = "a quiet harbour"


@contextmanager
def app_in(data_dir: Path, **settings: object) -> Iterator[Flask]:
    """Yield an app that uses a data folder; close its database connections at the end."""
    app = create_app(Settings(data_dir=data_dir, **settings), prepared=True)
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def app_context(app: Flask) -> Iterator[None]:
    """Run the block inside an app context; remove its database session at the end."""
    with app.app_context():
        yield
        db.session.remove()


def prepare_in(data_dir: Path, **settings: object) -> None:
    """Create a data folder with its secret key and database, as `linkmsg run` does."""
    with app_in(data_dir, **settings) as app:
        serving.prepare_instance(app)


def count_rows(data_dir: Path, table: str) -> int:
    """Count the rows of a table in the SQLite file of a data folder."""
    engine = create_engine(f"sqlite:///{data_dir / 'linkmsg.sqlite'}")
    try:
        with engine.connect() as connection:
            return connection.scalar(text(f"SELECT count(*) FROM {table}"))
    finally:
        engine.dispose()


def file_mode(file: Path) -> int:
    """Return the permission bits of a file, such as 0o600."""
    return stat.S_IMODE(file.stat().st_mode)
