"""Responses that send a blob as a file."""

from typing import IO, cast

from flask import Response, abort, current_app, request, send_file
from werkzeug.wsgi import FileWrapper

from linkmsg.storage import stored_files
from linkmsg.storage.blob_reader import BlobReader
from linkmsg.storage.blobs import CHUNK, BlobStore
from linkmsg.storage.file_names import content_disposition

# A file is no page of ours: whatever it holds may do nothing (CSP 3; Fetch, 3.7).
SANDBOX = "default-src 'none'; sandbox"
HEADERS = {
    "Content-Security-Policy": SANDBOX,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# Chromium shows no PDF in a sandbox; its viewer is one of its own.
OF_PDF = HEADERS | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
COPY = "image/webp"


def file_response(
    key: str, media_type: str, etag: str, name: str, *, inline: bool = True
) -> Response:
    """A blob as a file of this type and name, with the headers that every file has."""
    try:
        response = _content(stored_files.blob_store(), key, media_type, etag)
    except FileNotFoundError:
        current_app.logger.error("the blob %s is not there", key)
        abort(404)
    response.headers.update(OF_PDF if media_type == "application/pdf" else HEADERS)
    if media_type.startswith("image/"):
        # Browsers show a picture in a page of their own, which has a style.
        response.headers["Content-Security-Policy"] = f"{SANDBOX}; style-src 'unsafe-inline'"
    response.headers["Content-Disposition"] = content_disposition(name, inline=inline)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _content(blobs: BlobStore, key: str, media_type: str, etag: str) -> Response:
    """All of a blob, or what a request asks of it (RFC 9110, 13 and 14)."""
    path = blobs.path(key)
    if path is not None:
        return send_file(path, media_type, etag=etag, conditional=True, last_modified=None)
    size = blobs.size(key)
    if size is None:
        raise FileNotFoundError(key)
    file = cast("IO[bytes]", BlobReader(blobs, key, size))
    response = Response(FileWrapper(file, CHUNK), mimetype=media_type, direct_passthrough=True)
    response.content_length = size
    response.set_etag(etag)
    response.make_conditional(request, accept_ranges=True, complete_length=size)
    return response
