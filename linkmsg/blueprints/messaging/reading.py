"""Mark a conversation as read or unread."""

from base64 import b64decode

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import reading
from linkmsg.models.participant_view import ParticipantView
from linkmsg.web import auth, origins, params, permissions, redirects
from linkmsg.web.responses import fragment_or_redirect, redirect_after_post

# A transparent GIF of one pixel.
PIXEL = b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


def read(id: int) -> ResponseReturnValue:
    """Mark a conversation as read up to `seq`, the number of the last message seen on screen."""
    permissions.my_participation(id)
    reading.read(auth.viewer(), id, params.required_int("seq", request.form))
    return _row(id, url_for("messaging.thread", id=id))


def seen(id: int) -> ResponseReturnValue:
    """Mark a conversation as read up to `seq`, without JavaScript.

    The page of the conversation contains this image, so the browser requests it.
    """
    permissions.my_participation(id)
    if origins.is_opened_in_tab():
        return redirect(url_for("messaging.thread", id=id), 303)
    if origins.is_same_origin():
        reading.read(auth.viewer(), id, params.required_int("seq"))
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})


def unread(id: int) -> ResponseReturnValue:
    """Mark a conversation as unread, from the last message of the other member on."""
    permissions.my_participation(id)
    reading.mark_unread(auth.viewer(), id)
    if redirects.referring_path() == url_for("messaging.thread", id=id):
        return redirect_after_post(
            url_for("messaging.inbox")
        )  # the thread would mark it as read again
    return _row(id, url_for("messaging.inbox"))


def _row(id: int, address: str) -> ResponseReturnValue:
    return fragment_or_redirect(
        address, "broadcasts/row.html", view=ParticipantView.of(auth.viewer(), id)
    )
