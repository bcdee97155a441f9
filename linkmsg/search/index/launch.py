"""Starts the writer of the index in a process of its own, which knows nothing of the app.

It is run as a file. `-m` would load the whole app first; the rooms that the writer needs are
entered here without what stands at their doors.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

HOUSE = Path(__file__).resolve().parents[2]


def enter(name: str, folder: Path) -> None:
    """Let modules of a package be imported without the package itself."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    enter("linkmsg", HOUSE)
    for folder in ("models", "search", "search/analysis", "search/index", "storage"):
        enter(f"linkmsg.{folder.replace('/', '.')}", HOUSE / folder)
    import_module("linkmsg.search.index.writer").main()
