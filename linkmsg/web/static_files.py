"""Static files, in URLs with one hash of the whole folder, so that browsers cache them forever."""

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
# All style sheets in one file: on a phone many requests take longer than the unused rules.
STYLESHEET = "css/all.css"
YEAR_SECONDS = 365 * 24 * 60 * 60
# A file opened by itself needs to load nothing.
HEADERS = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
# Each file is compressed once, at the highest level; the best encoding comes first.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {"br": brotli.compress, "gzip": gzip.compress}
CONTENT_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def init_app(app: Flask) -> None:
    """Serve the static folder at `/static/<hash>/…`; `url_for` adds the hash."""
    tree = tree_hash(ROOT)

    def static(tree_: str, filename: str) -> Response:
        response = _text_response(filename) or send_from_directory(ROOT, filename, etag=False)
        response.headers.pop("Last-Modified", None)
        return _cache_forever(response) if tree_ == tree else response

    def add_tree(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("tree_", tree)

    app.add_url_rule("/static/<tree_>/<path:filename>", "static", static)
    app.url_defaults(add_tree)


def combined_stylesheet(root: Path) -> str:
    """Return all style sheets in one.

    `tokens.css` comes first, because it declares the order of the cascade layers.
    """
    sheets = sorted((root / "css").glob("*.css"), key=lambda path: (path.stem != "tokens", path))
    return "\n".join(path.read_text() for path in sheets)


def tree_hash(root: Path) -> str:
    """Return a short hash of the names and contents of all files in a folder."""
    digest = hashlib.sha256()
    for path in _files(root):
        digest.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def is_same_for_all(response: Response) -> bool:
    """Return whether caches may keep a response whatever the cookies of the request are."""
    control = response.cache_control
    return bool(control.public or control.immutable)


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@cache
def _text_files() -> dict[str, bytes]:
    """Return the content of each text file to serve, by name.

    Scripts are minified, and the combined style sheet is one of the files.
    """
    names = {path.relative_to(ROOT).as_posix(): path for path in _files(ROOT)}
    texts = {
        name: path.read_bytes() for name, path in names.items() if path.suffix in CONTENT_TYPES
    }
    scripts = {name: jsmin(text) for name, text in texts.items() if name.startswith("js/")}
    return {**texts, **scripts, STYLESHEET: combined_stylesheet(ROOT).encode()}


@cache
def _compressed(filename: str, encoding: str) -> bytes:
    return COMPRESSORS[encoding](_text_files()[filename])


def _text_response(filename: str) -> Response | None:
    if filename not in _text_files():
        return None
    encoding = request.accept_encodings.best_match(COMPRESSORS)
    body = _compressed(filename, encoding) if encoding else _text_files()[filename]
    response = Response(body, content_type=f"{CONTENT_TYPES[Path(filename).suffix]}; charset=utf-8")
    if encoding:
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    return response


def _cache_forever(response: Response) -> Response:
    response.cache_control.no_cache = None
    response.cache_control.public = True
    response.cache_control.max_age = YEAR_SECONDS
    response.cache_control.immutable = True
    return response
