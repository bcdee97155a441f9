"""The front door: setting up, signing up, in and out."""

import hmac

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from itsdangerous import BadSignature
from sqlalchemy import exists, select

from linkmsg import clock
from linkmsg.actions import accounts, sessions
from linkmsg.actions.accounts import NewAccount
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms.accounts import SetupForm, SignInForm, SignUpForm
from linkmsg.forms.validators import time_zones
from linkmsg.models import InviteLink, Member
from linkmsg.web import auth, known_devices, rate_limits, redirects
from linkmsg.web.form_recovery import RecoveredForm
from linkmsg.web.invite_tokens import link_id_in
from linkmsg.web.responses import done, instance_name, page

bp = Blueprint("accounts", __name__)

CLOSED = "This place takes no new members. If you know one, ask for an account."
INVITED_ONLY = "You need an invite link to join this place. Its administrator can make one."
USED_UP = "This invite link lets nobody in, or no more. Ask for a new one."
WRONG = "That address and password do not match. Check Caps Lock, then try again."


@bp.get("/")
def home() -> ResponseReturnValue:
    """The way in: the inbox for members, sign-in for others, set-up for the very first."""
    if current_user.is_authenticated:
        return redirect(url_for("messaging.inbox"), 303)
    return redirect(url_for("accounts.setup" if _nobody_yet() else "accounts.sign_in"), 303)


@bp.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    """The first member names the place and becomes its admin. The log knows the token."""
    if not _nobody_yet():
        return done(url_for("accounts.sign_in"), "This place is set up already. Sign in.")
    form = SetupForm()
    if not form.validate_on_submit():
        return page("accounts/setup.html", _status(), form=form, zones=time_zones())
    if not _is_setup_token(form.token.data):
        form.token.errors = ["That is not the token. The newest one is in the log."]
        return page("accounts/setup.html", 422, form=form, zones=time_zones())
    newcomer = NewAccount(
        form.email.data, form.name.data, form.password.data, "", form.timezone.data
    )
    auth.sign_in(accounts.set_up(form.place.data, newcomer), remember=True)
    return done(url_for("messaging.inbox"))


@bp.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """Somebody new, if this place is open to her or she has an invite link."""
    if _nobody_yet():
        return redirect(url_for("accounts.setup"), 303)
    form = SignUpForm()
    if not form.is_submitted():
        form.invite.data = request.args.get("invite", "")
    link, inviter = _invited_by(form.invite.data or "")
    if link is None and settings.registration != "open":
        reason = USED_UP if form.invite.data else INVITED_ONLY
        reason = CLOSED if settings.registration == "closed" else reason
        return page("accounts/sign_up_closed.html", 403, reason=reason)
    if not form.validate_on_submit():
        return _sign_up_page(form, inviter)
    if link is None:
        rate_limits.charge_sign_up()
    return _enter(form, link, inviter)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Sign in; what was typed before the session ended goes on where it was."""
    if request.method == "GET":
        return _welcome()
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    device = known_devices.known(form.email.data)
    if wait := rate_limits.try_password(form.email.data, device):
        return _sign_in_page(form, 429, wait=wait)
    member = _recognise(form, device)
    if member is None:
        return _sign_in_page(form, 422)
    auth.sign_in(member, remember=form.remember.data)
    return known_devices.remember(member, _go_on(form.next.data or ""))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End this session."""
    auth.sign_out()
    return redirect(url_for("accounts.sign_in"), 303)


def _welcome() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(redirects.local(request.args.get("next", "/")), 303)
    return _sign_in_page(_sign_in_form(), ended="_user_id" in session)


def _recognise(form: SignInForm, device: str) -> Member | None:
    """Who this is; a failure is told in the form."""
    member = sessions.authenticate(form.email.data, form.password.data)
    if member is None:
        form.password.errors = [WRONG]
    else:
        rate_limits.forget_tries(form.email.data, device)
    return member


def ask_to_sign_in() -> Response:
    """The sign-in page in place of a form's answer, with what was typed."""
    carried = RecoveredForm.from_request()
    return _sign_in_page(_sign_in_form(), 401, carried=carried, ended=True)


def _nobody_yet() -> bool:
    return not db.session.scalar(select(exists().where(Member.id > 0)))


def _is_setup_token(typed: str) -> bool:
    kept = settings.setup_token_file
    return kept.exists() and hmac.compare_digest(kept.read_bytes().strip(), typed.encode())


def _status() -> int:
    return 422 if request.method == "POST" else 200


def _invited_by(token: str) -> tuple[InviteLink | None, Member | None]:
    """The open link of a token and who made it; none where nobody may join."""
    if not token or settings.registration == "closed":
        return None, None
    try:
        found = db.session.execute(InviteLink.with_creator(link_id_in(token))).one_or_none()
    except BadSignature:
        return None, None
    if found is None or found[0].state(clock.now()) != "open":
        return None, None
    return found[0], found[1]


def _sign_up_page(form: SignUpForm, inviter: Member | None, status: int = 0) -> Response:
    return page(
        "accounts/sign_up.html",
        status or _status(),
        form=form,
        invite_from=inviter,
        place=instance_name(),
        zones=time_zones(),
    )


def _enter(
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
    except AlreadyTaken as fault:
        form[fault.field].errors = [str(fault)]
        return _sign_up_page(form, inviter, 422)
    except ActionRefused as fault:
        return page("accounts/sign_up_closed.html", 403, reason=str(fault))
    auth.sign_in(member, remember=True)
    return known_devices.remember(member, done(url_for("messaging.inbox")))


def _sign_in_form() -> SignInForm:
    return SignInForm(formdata=None, next=redirects.local(request.args.get("next", "/")))


def _sign_in_page(
    form: SignInForm,
    status: int = 200,
    *,
    carried: RecoveredForm | None = None,
    ended: bool = False,
    wait: int = 0,
) -> Response:
    response = page(
        "accounts/sign_in.html",
        status,
        form=form,
        registration=settings.registration,
        carried=carried or RecoveredForm.from_sign_in(),
        ended=ended,
        wait=wait,
        instance_name=instance_name(),
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _go_on(address: str) -> ResponseReturnValue:
    carried = RecoveredForm.from_sign_in()
    if carried is None:
        return redirect(redirects.local(address or "/"), 303)
    return page(
        "accounts/recovered_form.html",
        heading="Signed in",
        sentence="What you had typed is still here. It was not sent yet.",
        carried=carried,
    )
