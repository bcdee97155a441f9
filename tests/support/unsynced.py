"""Make tests faster: they need not wait until files are safe from a power cut."""

import os
from importlib import import_module

import pytest

# Not `import linkmsg.db`: the package has an attribute of that name, which is Flask-SQLAlchemy's.
database = import_module("linkmsg.db")
PRAGMAS = database.PRAGMAS


def stop_syncing() -> None:
    """Make os.fsync do nothing, and let SQLite connections opened from now on not sync either."""
    os.fsync = lambda _descriptor: None
    database.PRAGMAS = (*PRAGMAS, "PRAGMA synchronous = OFF")


def sync_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite connections that are opened in one test sync as in production."""
    monkeypatch.setattr(database, "PRAGMAS", PRAGMAS)
