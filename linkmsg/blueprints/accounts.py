"""Accounts: sign in and sign out; `sign_up` is in its own module."""

from flask import Blueprint, Response, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from linkmsg.actions import sessions
from linkmsg.blueprints.setup import has_members
from linkmsg.blueprints.sign_up import sign_up
from linkmsg.forms.accounts import SignInForm
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
from linkmsg.web.registration import registration
from linkmsg.web.responses import page

bp = Blueprint("accounts", __name__)
bp.add_url_rule("/sign-up", view_func=sign_up, methods=["GET", "POST"])

WRONG_CREDENTIALS = "Incorrect email or password. Check Caps Lock, then try again."


@bp.get("/")
def home() -> ResponseReturnValue:
    """Redirect to the inbox, to the sign-in page, or, if there is no member yet, to set-up."""
    if current_user.is_authenticated:
        return redirect(url_for("messaging.inbox"), 303)
    return redirect(url_for("accounts.sign_in" if has_members() else "setup.set_up"), 303)


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
        registration=registration(),
        recovered=recovered or RecoveredForm.from_sign_in_form(),
        ended=ended,
        left=site_data.has_left(),
        signed_out=site_data.has_signed_out(),
        wait=wait,
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
        sentence="What you wrote was kept. It hasn’t been sent yet.",
        recovered=recovered,
    )
