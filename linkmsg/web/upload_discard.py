"""Deletes files that were uploaded and are not wanted."""

from flask import request

from linkmsg.actions import attachments
from linkmsg.storage import stored_files
from linkmsg.web import auth
from linkmsg.web.concurrency import end_turn


def discard_upload(key: str) -> bool:
    """Delete a file that the member uploaded and has not sent; return whether there was one."""
    file = attachments.discard(auth.viewer(), key)
    if file is not None:
        end_turn(request.environ)
        stored_files.delete(file.blobs)
    return file is not None
