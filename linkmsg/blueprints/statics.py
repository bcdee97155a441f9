"""Static files, under one hash of the whole tree: they may be kept for ever."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

ROOT = Path(__file__).parent.parent / "static"
YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Serve the static folder; `url_for("static", filename=…)` knows the hash."""
    tree = tree_hash(ROOT)

    def static(tree_: str, filename: str) -> Response:
        current = tree_ == tree
        response = send_from_directory(ROOT, filename, max_age=YEAR if current else 0)
        if current:
            response.cache_control.immutable = True
        return response

    def add_tree(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("tree_", tree)

    app.add_url_rule("/static/<tree_>/<path:filename>", "static", static)
    app.url_defaults(add_tree)


def tree_hash(root: Path) -> str:
    """One short hash of the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
