"""Settings: profile, account, devices, appearance and privacy."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import privacy as sharing
from linkmsg.actions import profile as profiles
from linkmsg.actions import sessions as actions
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.config import settings as instance
from linkmsg.db import db
from linkmsg.forms import password_prompt
from linkmsg.forms.settings import (
    AppearanceForm,
    ConfirmForm,
    EmailForm,
    PasswordForm,
    PrivacyForm,
    ProfileForm,
)
from linkmsg.forms.validators import time_zones
from linkmsg.models import MemberSession
from linkmsg.web import auth
from linkmsg.web.rate_limits import RateLimited
from linkmsg.web.responses import page, redirect_after_post

bp = Blueprint("settings", __name__, url_prefix="/settings")

EMAIL_CHANGED = "Email changed. Use the new one to sign in."


@bp.get("")
def home() -> ResponseReturnValue:
    """Redirect to the first page of the settings, the profile."""
    return redirect(url_for("settings.profile"), 303)


@bp.route("/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Show the form for the signed-in member's profile, and save it."""
    form = ProfileForm(obj=auth.viewer())
    if not form.validate_on_submit():
        return page("settings/profile.html", 422 if form.errors else 200, form=form, photo_error="")
    values = {name: form[name].data for name in profiles.Profile.__dataclass_fields__}
    try:
        profiles.edit(auth.viewer(), profiles.Profile(**values))
    except AlreadyTaken as error:
        form[error.field].errors = [str(error)]
        return page("settings/profile.html", 422, form=form, photo_error="")
    return redirect_after_post(url_for("settings.profile"), "Saved")


@bp.get("/account")
def account() -> ResponseReturnValue:
    """Show the forms to change the email address and the password."""
    return _account_page()


@bp.post("/account/email")
def change_email() -> ResponseReturnValue:
    """Change the member's email address, if their current password is right."""
    form = EmailForm()
    if not form.validate():
        return _account_page(email_form=form)
    try:
        password_prompt.count_attempt()
        actions.change_email(auth.viewer(), form.password.data, form.email.data)
    except AlreadyTaken as error:
        form.email.errors = [str(error)]
        return _account_page(email_form=form)
    except (ActionRefused, RateLimited) as error:
        form.password.errors = [str(error)]
        return _account_page(email_form=form, is_limited=isinstance(error, RateLimited))
    password_prompt.forget_attempts()
    return redirect_after_post(url_for("settings.account"), EMAIL_CHANGED)


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Change the member's password, and sign out their other devices."""
    form = PasswordForm()
    if not form.validate():
        return _account_page(password_form=form)
    me = auth.signed_in_user()
    try:
        password_prompt.count_attempt()
        token = actions.change_password(me.member, me.session.id, form.current.data, form.new.data)
    except (ActionRefused, RateLimited) as error:
        form.current.errors = [str(error)]
        return _account_page(password_form=form, is_limited=isinstance(error, RateLimited))
    password_prompt.forget_attempts()
    auth.continue_with(token, me.member)
    return redirect_after_post(url_for("settings.account"), "Password changed")


@bp.get("/sessions")
def sessions() -> ResponseReturnValue:
    """List the devices (sessions) on which the member is signed in."""
    me = auth.signed_in_user()
    now = clock.now()
    alive = [each for each in db.session.scalars(MemberSession.of(me.member)) if each.is_alive(now)]
    return page("settings/sessions.html", sessions=alive, current_id=me.session.id)


@bp.post("/sessions/<id_:id>/end")
def end_session(id: int) -> ResponseReturnValue:
    """Sign out one of the member's devices, if their password was typed lately."""
    if question := _ask_for_password():
        return question
    actions.end(auth.viewer(), id)
    return redirect_after_post(url_for("settings.sessions"), "Device signed out")


@bp.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """Sign out all of the member's devices except this one, if their password was typed lately."""
    if question := _ask_for_password():
        return question
    me = auth.signed_in_user()
    actions.end_others(me.member, me.session.id)
    return redirect_after_post(url_for("settings.sessions"), "All other devices signed out")


@bp.route("/appearance", methods=["GET", "POST"])
def appearance() -> ResponseReturnValue:
    """Show the form for the theme, the times and the keyboard shortcut, and save it."""
    me = auth.viewer()
    form = AppearanceForm(theme=me.theme, timezone=me.zone, hours=me.hours, slash=me.slash_searches)
    if form.validate_on_submit():
        zone = form.timezone.data or instance.timezone
        looks = {"theme": form.theme.data, "hours": form.hours.data, "slash": form.slash.data}
        profiles.change_appearance(me, zone=zone, **looks)
        return redirect_after_post(url_for("settings.appearance"), "Saved")
    status = 422 if form.errors else 200
    return page("settings/appearance.html", status, form=form, zones=time_zones())


@bp.route("/privacy", methods=["GET", "POST"])
def privacy() -> ResponseReturnValue:
    """Show the form for read receipts, typing and presence, and save it."""
    me = auth.viewer()
    form = PrivacyForm(reading=me.shares_reading, presence=me.shares_presence)
    if form.validate_on_submit():
        sharing.change(me, reading=form.reading.data, presence=form.presence.data)
        return redirect_after_post(url_for("settings.privacy"), "Saved")
    return page("settings/privacy.html", 422 if form.errors else 200, form=form)


def _ask_for_password() -> Response | None:
    """Return a page that asks for the password; None if it was typed just now or lately.

    The page's form is sent to the same address, so the request continues where it was.
    """
    form = ConfirmForm()
    if password_prompt.is_password_known(form):
        return None
    status = 422 if form.errors else 403
    return page("settings/confirm_password.html", status, form=form, address=request.path)


def _account_page(
    email_form: EmailForm | None = None,
    password_form: PasswordForm | None = None,
    *,
    is_limited: bool = False,
) -> ResponseReturnValue:
    """Return the page with both forms; a form that is passed was refused and shows its errors."""
    refused = 429 if is_limited else 422
    return page(
        "settings/account.html",
        refused if email_form or password_form else 200,
        email_form=email_form or EmailForm(formdata=None, email=auth.viewer().email),
        password_form=password_form or PasswordForm(formdata=None),
    )
