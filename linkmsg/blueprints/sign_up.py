"""Sign-up: by an invite link, or without one where registration is open."""

from flask import Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from linkmsg.actions import accounts
from linkmsg.actions.accounts import NewAccount
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.actions.invite_links import NO_LONGER_VALID
from linkmsg.blueprints.setup import has_members
from linkmsg.db import db
from linkmsg.forms.accounts import SignUpForm
from linkmsg.forms.validators import time_zones
from linkmsg.models import Conversation, InviteLink, Member
from linkmsg.web import auth, known_devices, rate_limits
from linkmsg.web.invite_links import KEPT, kept_invite, open_invite
from linkmsg.web.kept_tokens import keep_token
from linkmsg.web.refusals import log_refusal
from linkmsg.web.registration import registration
from linkmsg.web.responses import form_status, instance_name, page, redirect_after_post

REGISTRATION_CLOSED = "Ask an administrator for an account."
INVITED_ONLY = "You need an invite link to join. Ask an administrator for one."


def sign_up() -> ResponseReturnValue:
    """Show the sign-up form, and create a member if registration is open or they are invited."""
    if not has_members():
        return redirect(url_for("setup.set_up"), 303)
    if request.method == "GET" and "invite" in request.args:
        return keep_token(KEPT, request.args["invite"], "accounts.sign_up")
    form = SignUpForm()
    form.invite.data = form.invite.data or kept_invite()
    link, inviter = open_invite(form.invite.data)
    if link is None and registration() != "open":
        return _sign_up_refused(has_link=bool(form.invite.data))
    if inviter is not None and current_user.is_authenticated and request.method == "GET":
        return _to_inviter(inviter)
    if not form.validate_on_submit():
        return _sign_up_page(form, inviter)
    rate_limits.enforce_sign_up_limit(is_invited=link is not None)
    return _create_account(form, link, inviter)


def _to_inviter(inviter: Member) -> ResponseReturnValue:
    """Redirect a member who opens an invite link to its creator, with whom they can connect."""
    session.pop(KEPT, None)
    if inviter.id == auth.viewer().id:
        sentence = "This is your own invite link. Send it to someone who has no account yet."
        return redirect_after_post(url_for("admin.invite_links"), sentence)
    sentence = "You already have an account here."
    return redirect_after_post(url_for("people.profile", handle=inviter.handle), sentence)


def _sign_up_refused(*, has_link: bool) -> Response:
    if has_link:
        log_refusal("sign-up", "the invite link is not valid any more")
    if registration() == "closed":
        return _sign_up_closed("Sign-up is closed", REGISTRATION_CLOSED)
    return _sign_up_closed("Invitation required", NO_LONGER_VALID if has_link else INVITED_ONLY)


def _sign_up_closed(heading: str, reason: str) -> Response:
    return page("accounts/sign_up_closed.html", 403, heading=heading, reason=reason)


def _sign_up_page(form: SignUpForm, inviter: Member | None, status: int = 0) -> Response:
    return page(
        "accounts/sign_up.html",
        status or form_status(),
        form=form,
        invite_from=inviter,
        place=instance_name(),
        zones=time_zones(),
    )


def _create_account(
    form: SignUpForm, link: InviteLink | None, inviter: Member | None
) -> ResponseReturnValue:
    newcomer = NewAccount(
        form.email.data,
        form.name.data,
        form.password.data,
        form.headline.data,
        form.timezone.data,
    )
    try:
        member = accounts.sign_up(newcomer, link.id if link else None)
    except AlreadyTaken as error:
        form[error.field].errors = [str(error)]
        return _sign_up_page(form, inviter, 422)
    except ActionRefused as error:
        return _sign_up_closed("Invitation required", str(error))
    auth.sign_in(member, remember=True)
    return known_devices.remember(member, redirect_after_post(_first_page(member, inviter)))


def _first_page(newcomer: Member, inviter: Member | None) -> str:
    """Return where a new member begins: their conversation with the inviter, or else the inbox."""
    if inviter is not None:
        pair = db.session.scalars(Conversation.of_pair(newcomer.id, inviter.id)).one_or_none()
        if pair is not None:
            return url_for("messaging.thread", id=pair.id)
    return url_for("messaging.inbox")
