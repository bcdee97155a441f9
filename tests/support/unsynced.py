"""Tests that never wait for the disk: none of their files has to survive a power cut."""

import os
from importlib import import_module

import pytest

# Not `import linkmsg.db`: the package has an attribute of that name, which is Flask-SQLAlchemy's.
database = import_module("linkmsg.db")
PRAGMAS = database.PRAGMAS


def stop_syncing() -> None:
    """Let SQLite and the writers of files go on before anything is on the disk."""
    os.fsync = lambda _descriptor: None
    database.PRAGMAS = (*PRAGMAS, "PRAGMA synchronous = OFF")


def sync_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the databases that one test opens their own pragmas."""
    monkeypatch.setattr(database, "PRAGMAS", PRAGMAS)
