"""Set a new password with a reset link, which an admin has made."""

from flask import Blueprint, request, session, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import password_resets
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from linkmsg.forms.accounts import ResetForm
from linkmsg.models import Member
from linkmsg.web import auth, known_devices
from linkmsg.web.kept_tokens import keep_token
from linkmsg.web.refusals import log_refusal
from linkmsg.web.responses import form_status, page, redirect_after_post

bp = Blueprint("password_reset", __name__)

KEPT = "reset"


@bp.route("/reset-password", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Show the form for a new password to whoever opened a reset link, save it, and sign in.

    The token is kept in the session, so that the browser's history does not have it.
    """
    if request.method == "GET" and "token" in request.args:
        return keep_token(KEPT, request.args["token"], "password_reset.choose")
    link = Member.by_reset_token(str(session.get(KEPT, "")), clock.now())
    member = db.session.scalars(link).one_or_none()
    if member is None:
        return _refused()
    form = ResetForm()
    form.member = member
    if not form.validate_on_submit():
        return page("accounts/reset_password.html", form_status(), form=form, member=member)
    return _set_password(form.new.data)


def _set_password(password: str) -> ResponseReturnValue:
    try:
        member = password_resets.reset(session[KEPT], password)
    except ActionRefused:
        return _refused()
    auth.sign_in(member, remember=False)
    return known_devices.remember(
        member, redirect_after_post(url_for("messaging.inbox"), "Password changed")
    )


def _refused() -> ResponseReturnValue:
    log_refusal("a new password", "the reset link is not valid any more")
    return page("accounts/reset_refused.html", 403, reason=password_resets.INVALID)
