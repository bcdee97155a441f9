"""How far a member has read a thread."""

from base64 import b64decode

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import reading
from linkmsg.models.participant_view import ParticipantView
from linkmsg.web import auth, params, permissions, redirects
from linkmsg.web.responses import done, fragment_or

# The smallest picture there is: a transparent GIF of one pixel.
PIXEL = b64decode("R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==")


def read(id: int) -> ResponseReturnValue:
    """Read up to the message that was really seen."""
    permissions.my_participation(id)
    reading.read(auth.viewer(), id, params.needed("seq", request.form))
    return _row(id, url_for("messaging.thread", id=id))


def seen(id: int) -> ResponseReturnValue:
    """The same for a page without JavaScript: a picture that is loaded when the page is shown."""
    permissions.my_participation(id)
    if redirects.is_ours():
        reading.read(auth.viewer(), id, params.needed("seq"))
    return Response(PIXEL, mimetype="image/gif", headers={"Cache-Control": "no-store"})


def unread(id: int) -> ResponseReturnValue:
    """Put it back to unread."""
    permissions.my_participation(id)
    reading.mark_unread(auth.viewer(), id)
    if redirects.came_from() == url_for("messaging.thread", id=id):
        return done(url_for("messaging.inbox"))  # shown, it would be read again
    return _row(id, url_for("messaging.inbox"))


def _row(id: int, address: str) -> ResponseReturnValue:
    return fragment_or(address, "broadcasts/row.html", view=ParticipantView.of(auth.viewer(), id))
