"""Entry point of the index writer's process, which runs without the Flask app.

It is run as a file, because `python -m` would import the whole app first. The packages that the
writer needs are registered here without running their __init__ modules.
"""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

HOUSE = Path(__file__).resolve().parents[2]


def enter(name: str, folder: Path) -> None:
    """Register a package for a folder, so that its modules can be imported without its __init__."""
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    sys.modules[name] = package


if __name__ == "__main__":
    enter("linkmsg", HOUSE)
    for folder in ("models", "search", "search/analysis", "search/index", "storage"):
        enter(f"linkmsg.{folder.replace('/', '.')}", HOUSE / folder)
    import_module("linkmsg.search.index.writer").main()
