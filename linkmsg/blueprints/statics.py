"""Static files, under one hash of the whole tree: they may be kept for ever."""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

ROOT = Path(__file__).parent.parent / "static"
# One sheet of all components: a request for each would cost a phone more than the rules do.
SHEET = "css/all.css"
YEAR = 365 * 24 * 60 * 60
# Files run and load nothing by themselves, so they need none of what pages are sent with.
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}


def init_app(app: Flask) -> None:
    """Serve the static folder; `url_for("static", filename=…)` knows the hash."""
    tree, whole_sheet = tree_hash(ROOT), sheet(ROOT)

    def static(tree_: str, filename: str) -> Response:
        if filename == SHEET:
            response = Response(whole_sheet, mimetype="text/css")
        else:
            response = send_from_directory(ROOT, filename, etag=False)
            del response.headers["Last-Modified"]
            # Flask-Compress never closes a file that it compresses as a stream.
            response.direct_passthrough = False
            response.make_sequence()
        return _kept_for_ever(response) if tree_ == tree else response

    def add_tree(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("tree_", tree)

    app.add_url_rule("/static/<tree_>/<path:filename>", "static", static)
    app.url_defaults(add_tree)


def sheet(root: Path) -> str:
    """All style sheets as one: tokens first, which puts the layers in order."""
    sheets = sorted((root / "css").glob("*.css"), key=lambda path: (path.stem != "tokens", path))
    return "\n".join(path.read_text() for path in sheets)


def tree_hash(root: Path) -> str:
    """One short hash of the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _kept_for_ever(response: Response) -> Response:
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response
