"""Responses that send a stored file (a "blob": bytes that are stored under a key)."""

from pathlib import Path
from typing import IO, cast

from flask import Response, abort, current_app, request, send_file
from werkzeug.wsgi import FileWrapper, wrap_file

from linkmsg.storage import stored_files
from linkmsg.storage.blob_reader import BlobReader
from linkmsg.storage.blobs import CHUNK, BlobStore
from linkmsg.storage.file_names import content_disposition
from linkmsg.web.concurrency import end_turn

# Members upload anything, so a browser must run nothing of a file (CSP 3; Fetch, 3.7).
SANDBOX = "default-src 'none'; sandbox"
HEADERS = {
    "Content-Security-Policy": SANDBOX,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Chromium shows no PDF in a sandbox, and its PDF viewer has a sandbox of its own.
PDF_HEADERS = HEADERS | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
WEBP = "image/webp"


def file_response(
    key: str, media_type: str, etag: str, name: str, *, inline: bool = True
) -> Response:
    """Return the stored file with this key, with security headers; HTTP 404 if it is missing.

    `etag` identifies the content for the browser's cache. With `inline` the browser shows the file,
    else it saves the file under this name.
    """
    try:
        response = _blob_response(stored_files.blob_store(), key, media_type, etag)
    except FileNotFoundError:
        current_app.logger.error("blob %s is missing", key)
        abort(404)
    response.headers.update(PDF_HEADERS if media_type == "application/pdf" else HEADERS)
    if media_type.startswith("image/"):
        # Browsers show an image in a page of their own, which has an inline style.
        response.headers["Content-Security-Policy"] = f"{SANDBOX}; style-src 'unsafe-inline'"
    response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _blob_response(blobs: BlobStore, key: str, media_type: str, etag: str) -> Response:
    """Return a stored file, or the range of it that the request asks for (RFC 9110, 13 and 14).

    Raises:
        FileNotFoundError: No file is stored under this key.
    """
    path = blobs.path(key)
    if path is not None:
        whole = send_file(path, media_type, etag=etag, conditional=True, last_modified=None)
        return _range_of(path, whole) if whole.status_code == 206 else whole
    end_turn(request.environ)  # a remote store may take long
    size = blobs.size(key)
    if size is None:
        raise FileNotFoundError(key)
    file = cast("IO[bytes]", BlobReader(blobs, key, size))
    response = Response(FileWrapper(file, CHUNK), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    response.set_etag(etag)
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    return response


def _range_of(path: Path, response: Response) -> Response:
    """Let the server send a range from the file itself (sendfile), as it does with a whole file."""
    response.response.close()  # type: ignore[union-attr]
    file = FilePart(path, response.content_range.start or 0, response.content_length or 0)
    response.response = wrap_file(request.environ, cast("IO[bytes]", file), CHUNK)
    return response


class FilePart:
    """Some bytes of a file, from its current position, for `wsgi.file_wrapper` (PEP 3333)."""

    def __init__(self, path: Path, start: int, length: int) -> None:
        self._file, self._remaining = path.open("rb"), length
        self._file.seek(start)
        self.fileno, self.close = self._file.fileno, self._file.close

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, as a server does that does not send from the file itself."""
        data = self._file.read(self._remaining if size < 0 else min(size, self._remaining))
        self._remaining -= len(data)
        return data
