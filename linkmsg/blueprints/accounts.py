"""Accounts: set up the instance, sign in and sign out; `sign_up` is in its own module."""

import hmac

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from linkmsg.actions import accounts, sessions
from linkmsg.actions.accounts import NewAccount
from linkmsg.blueprints.sign_up import sign_up
from linkmsg.config import settings
from linkmsg.forms.accounts import SetupForm, SignInForm
from linkmsg.forms.validators import time_zones
from linkmsg.models import Member
from linkmsg.web import (
    auth,
    known_devices,
    origins,
    rate_limits,
    redirects,
    sign_in_limits,
    site_data,
)
from linkmsg.web.form_recovery import RecoveredForm
from linkmsg.web.refusals import log_refusal
from linkmsg.web.responses import form_status, instance_name, page, redirect_after_post

bp = Blueprint("accounts", __name__)
bp.add_url_rule("/sign-up", view_func=sign_up, methods=["GET", "POST"])

SET_UP_ALREADY = "This place is set up already. Sign in."
WRONG_CREDENTIALS = "The email address or password is wrong. Check Caps Lock, then try again."


@bp.get("/")
def home() -> ResponseReturnValue:
    """Redirect to the inbox, to the sign-in page, or, if there is no member yet, to set-up."""
    if current_user.is_authenticated:
        return redirect(url_for("messaging.inbox"), 303)
    return redirect(url_for("accounts.setup" if _has_no_members() else "accounts.sign_in"), 303)


@bp.route("/setup", methods=["GET", "POST"])
def setup() -> ResponseReturnValue:
    """Show the set-up form, and create the first member, who is an admin.

    The form asks for the setup token, which the server writes to its log.
    """
    if not _has_no_members():
        return redirect_after_post(url_for("accounts.sign_in"), SET_UP_ALREADY)
    form = SetupForm()
    if not form.validate_on_submit():
        return page("accounts/setup.html", form_status(), form=form, zones=time_zones())
    if not _is_setup_token(form.token.data):
        return _refuse_token(form)
    newcomer = NewAccount(
        form.email.data, form.name.data, form.password.data, "", form.timezone.data
    )
    auth.sign_in(accounts.set_up(form.place.data, newcomer), remember=True)
    return redirect_after_post(url_for("messaging.inbox"))


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Show the sign-in form, and sign in.

    A form that was sent after the session had ended is kept, and shown after sign-in to be sent
    again.
    """
    if request.method != "POST":
        return _sign_in_start()
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    device = known_devices.device_id(form.email.data)
    if wait := sign_in_limits.password_attempt_wait(form.email.data, device):
        return _hold_back(form, wait)
    member = _authenticate(form, device)
    if member is None:
        return _sign_in_page(form, 422)
    rate_limits.enforce_action_limit(member)
    auth.sign_in(member, remember=form.remember.data)
    return known_devices.remember(member, _continue_to(form.next.data or ""))


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session of this browser, and redirect to the sign-in page."""
    auth.sign_out()
    return site_data.clear_at_sign_out(make_response(redirect(url_for("accounts.sign_in"), 303)))


@bp.get("/sign-in/clear-caches")
def clear_caches() -> ResponseReturnValue:
    """Clear the browser's caches; the sign-in page loads it as an image after a member has left."""
    if origins.is_opened_in_tab():
        return redirect(url_for(".sign_in"), 303)
    return site_data.clear_caches()


def _sign_in_start() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(redirects.local_path(request.args.get("next", "/")), 303)
    return _sign_in_page(_sign_in_form(), ended="_user_id" in session)


def _hold_back(form: SignInForm, wait: int) -> Response:
    log_refusal("sign-in", "too many attempts")
    return _sign_in_page(form, 429, wait=wait)


def _authenticate(form: SignInForm, device: str) -> Member | None:
    """Return the member who signs in; if the password is wrong, None and an error in the form."""
    member = sessions.authenticate(form.email.data, form.password.data)
    if member is None:
        log_refusal("sign-in", "wrong address or password")
        form.password.errors = [WRONG_CREDENTIALS]
    else:
        sign_in_limits.forget_password_attempts(form.email.data, device)
    return member


def ask_to_sign_in() -> Response:
    """Return the sign-in page for a form that was sent while signed out; it keeps that form."""
    recovered = RecoveredForm.from_request()
    return _sign_in_page(_sign_in_form(), 401, recovered=recovered, ended=True)


def _has_no_members() -> bool:
    return not accounts.has_members()


def _is_setup_token(typed: str) -> bool:
    file = settings.setup_token_file
    return file.exists() and hmac.compare_digest(file.read_bytes().strip(), typed.encode())


def _refuse_token(form: SetupForm) -> Response:
    log_refusal("set-up", "wrong token")
    form.token.errors = ["That is not the token. Copy the latest one from the log."]
    return page("accounts/setup.html", 422, form=form, zones=time_zones())


def _sign_in_form() -> SignInForm:
    return SignInForm(formdata=None, next=redirects.local_path(request.args.get("next", "/")))


def _sign_in_page(
    form: SignInForm,
    status: int = 200,
    *,
    recovered: RecoveredForm | None = None,
    ended: bool = False,
    wait: int = 0,
) -> Response:
    response = page(
        "accounts/sign_in.html",
        status,
        form=form,
        registration=settings.registration,
        recovered=recovered or RecoveredForm.from_sign_in_form(),
        ended=ended,
        left=site_data.has_left(),
        signed_out=site_data.has_signed_out(),
        wait=wait,
        instance_name=instance_name(),
    )
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _continue_to(address: str) -> ResponseReturnValue:
    recovered = RecoveredForm.from_sign_in_form()
    if recovered is None:
        return redirect(redirects.local_path(address or "/"), 303)
    return page(
        "accounts/recovered_form.html",
        heading="Signed in",
        sentence="Your form is still here. It hasn't been sent yet.",
        recovered=recovered,
    )
