"""Set-up: the form with which whoever runs the server creates the first account, once."""

import hmac

from flask import Blueprint, request, session, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import accounts
from linkmsg.actions.accounts import ALREADY_SET_UP, NewAccount
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms.accounts import SetupForm
from linkmsg.forms.validators import time_zones
from linkmsg.models import Member
from linkmsg.web import auth
from linkmsg.web.kept_tokens import keep_token
from linkmsg.web.refusals import log_refusal
from linkmsg.web.responses import form_status, page, redirect_after_post

bp = Blueprint("setup", __name__)

KEPT = "setup_token"
WRONG_TOKEN = "Incorrect setup token. Copy the latest one from the log."


@bp.route("/setup", methods=["GET", "POST"])
def set_up() -> ResponseReturnValue:
    """Show the set-up form, and create the first member, who is an admin.

    The form asks for the setup token, which the server writes to its log, unless it was opened
    at the address that the log has.
    """
    if has_members():
        return redirect_after_post(url_for("accounts.sign_in"), ALREADY_SET_UP)
    if request.method == "GET" and "token" in request.args:
        return keep_token(KEPT, request.args["token"], "setup.set_up")
    form = SetupForm()
    form.token.data = form.token.data or session.get(KEPT, "")
    is_complete = form.validate_on_submit()
    if not _has_right_token(form) or not is_complete:
        return _form_page(form)
    return _create_first_member(form)


def has_members() -> bool:
    """Return whether there is an account, so that set-up is over."""
    return bool(db.session.scalar(Member.any_exists()))


def _has_right_token(form: SetupForm) -> bool:
    """Return whether the form's token is the one of the log; a wrong one gets an error.

    It is compared whatever else is wrong, so that the page tells all errors at once.
    """
    is_right = _is_setup_token(form.token.data)
    if form.token.data and not is_right and not form.token.errors:
        log_refusal("set-up", "wrong token")
        form.token.errors = [WRONG_TOKEN]
    return is_right


def _is_setup_token(typed: str) -> bool:
    file = settings.setup_token_file
    return file.exists() and hmac.compare_digest(file.read_bytes().strip(), typed.encode())


def _form_page(form: SetupForm) -> ResponseReturnValue:
    is_known = KEPT in session and _is_setup_token(session[KEPT])
    return page(
        "accounts/setup.html",
        form_status(),
        form=form,
        zones=time_zones(),
        asks_for_token=not is_known or bool(form.token.errors),
    )


def _create_first_member(form: SetupForm) -> ResponseReturnValue:
    newcomer = NewAccount(
        form.email.data, form.name.data, form.password.data, "", form.timezone.data
    )
    auth.sign_in(accounts.set_up(form.place.data, newcomer), remember=True)
    return redirect_after_post(url_for("messaging.inbox"))
