"""Static files, under one hash of the whole tree: they may be kept for ever."""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, request, send_from_directory
from rjsmin import jsmin

ROOT = Path(__file__).parent.parent / "static"
# One sheet of all components: a request for each would cost a phone more than the rules do.
SHEET = "css/all.css"
YEAR = 365 * 24 * 60 * 60
# Files run and load nothing by themselves, so they need none of what pages are sent with.
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
# What is sent to everybody is pressed once, as small as it goes; best first.
PRESSES: dict[str, Callable[[bytes], bytes]] = {"br": brotli.compress, "gzip": gzip.compress}
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Serve the static folder; `url_for("static", filename=…)` knows the hash."""
    tree = tree_hash(ROOT)

    def static(tree_: str, filename: str) -> Response:
        response = _pressed(filename) or send_from_directory(ROOT, filename, etag=False)
        response.headers.pop("Last-Modified", None)
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
    for path in _files(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@cache
def _texts() -> dict[str, bytes]:
    """The files that are worth pressing, by name, and the one sheet."""
    names = {path.relative_to(ROOT).as_posix(): path for path in _files(ROOT)}
    texts = {name: path.read_bytes() for name, path in names.items() if path.suffix in KINDS}
    # Comments and spaces are for those who read the source, not for phones.
    own = {name: jsmin(text) for name, text in texts.items() if name.startswith("js/")}
    return {**texts, **own, SHEET: sheet(ROOT).encode()}


@cache
def _press(filename: str, encoding: str) -> bytes:
    return PRESSES[encoding](_texts()[filename])


def _pressed(filename: str) -> Response | None:
    if filename not in _texts():
        return None
    encoding = request.accept_encodings.best_match(PRESSES)
    body = _press(filename, encoding) if encoding else _texts()[filename]
    response = Response(body, content_type=f"{KINDS[Path(filename).suffix]}; charset=utf-8")
    if encoding:
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    return response


def _kept_for_ever(response: Response) -> Response:
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response
