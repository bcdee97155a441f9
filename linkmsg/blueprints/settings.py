"""Settings: one's profile, account, devices, and how the product looks."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import privacy as sharing
from linkmsg.actions import profile as profiles
from linkmsg.actions import sessions as actions
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.config import settings as instance
from linkmsg.db import db
from linkmsg.forms.settings import AppearanceForm, EmailForm, PasswordForm, PrivacyForm, ProfileForm
from linkmsg.forms.validators import time_zones
from linkmsg.models import MemberSession
from linkmsg.web import auth, rate_limits
from linkmsg.web.responses import done, page
from linkmsg.web.template_filters import duration

bp = Blueprint("settings", __name__, url_prefix="/settings")

MOVED = "Your address is changed. Sign in with it from now on."


@bp.get("")
def home() -> ResponseReturnValue:
    """The first page of the settings."""
    return redirect(url_for("settings.profile"), 303)


@bp.route("/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """What others see."""
    form = ProfileForm(obj=auth.viewer())
    if not form.validate_on_submit():
        return page("settings/profile.html", 422 if form.errors else 200, form=form, photo_fault="")
    said = {name: form[name].data for name in profiles.Profile.__dataclass_fields__}
    try:
        profiles.edit(auth.viewer(), profiles.Profile(**said))
    except AlreadyTaken as fault:
        form[fault.field].errors = [str(fault)]
        return page("settings/profile.html", 422, form=form, photo_fault="")
    return done(url_for("settings.profile"), "Saved.")


@bp.get("/account")
def account() -> ResponseReturnValue:
    """Address and password."""
    return _account_page()


@bp.post("/account/email")
def change_email() -> ResponseReturnValue:
    """Sign in with another address."""
    form = EmailForm()
    if not form.validate():
        return _account_page(email_form=form)
    try:
        _count_try()
        actions.change_email(auth.viewer(), form.password.data, form.email.data)
    except AlreadyTaken as fault:
        form.email.errors = [str(fault)]
        return _account_page(email_form=form)
    except ActionRefused as fault:
        form.password.errors = [str(fault)]
        return _account_page(email_form=form)
    rate_limits.forget_tries("", f"settings/{auth.viewer().id}")
    return done(url_for("settings.account"), MOVED)


@bp.post("/account/password")
def change_password() -> ResponseReturnValue:
    """Take another password; other devices are signed out."""
    form = PasswordForm()
    if not form.validate():
        return _account_page(password_form=form)
    me = auth.signed_in()
    try:
        _count_try()
        actions.change_password(me.member, me.session.id, form.current.data, form.new.data)
    except ActionRefused as fault:
        form.current.errors = [str(fault)]
        return _account_page(password_form=form)
    rate_limits.forget_tries("", f"settings/{me.member.id}")
    return done(url_for("settings.account"), "Your password is changed.")


@bp.get("/sessions")
def sessions() -> ResponseReturnValue:
    """Where one is signed in."""
    me = auth.signed_in()
    now = clock.now()
    found = [one for one in db.session.scalars(MemberSession.of(me.member)) if one.is_alive(now)]
    return page("settings/sessions.html", sessions=found, current_id=me.session.id)


@bp.post("/sessions/<id_:id>/end")
def end_session(id: int) -> ResponseReturnValue:
    """Sign out one device."""
    actions.end(auth.viewer(), id)
    return done(url_for("settings.sessions"), "That device is signed out.")


@bp.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    """Sign out all devices but this."""
    me = auth.signed_in()
    actions.end_others(me.member, me.session.id)
    return done(url_for("settings.sessions"), "All other devices are signed out.")


@bp.route("/appearance", methods=["GET", "POST"])
def appearance() -> ResponseReturnValue:
    """Light or dark, the time zone, and the keys."""
    me = auth.viewer()
    form = AppearanceForm(theme=me.theme, timezone=me.zone, slash=me.slash_searches)
    if form.validate_on_submit():
        zone = form.timezone.data or instance.timezone
        profiles.change_appearance(me, theme=form.theme.data, zone=zone, slash=form.slash.data)
        return done(url_for("settings.appearance"), "Saved.")
    status = 422 if form.errors else 200
    return page("settings/appearance.html", status, form=form, zones=time_zones())


@bp.route("/privacy", methods=["GET", "POST"])
def privacy() -> ResponseReturnValue:
    """What one's connections see of one, and one of them."""
    me = auth.viewer()
    form = PrivacyForm(reading=me.shares_reading, presence=me.shares_presence)
    if form.validate_on_submit():
        sharing.change(me, reading=form.reading.data, presence=form.presence.data)
        return done(url_for("settings.privacy"), "Saved.")
    return page("settings/privacy.html", 422 if form.errors else 200, form=form)


def _count_try() -> None:
    """Count a try at one's own password: a session that was stolen is no place to guess it."""
    if wait := rate_limits.try_password("", f"settings/{auth.viewer().id}"):
        raise ActionRefused(
            f"That was a lot of wrong passwords. Wait {duration(wait)}, then try again."
        )


def _account_page(
    email_form: EmailForm | None = None, password_form: PasswordForm | None = None
) -> ResponseReturnValue:
    """Both forms; the one that was refused as it was typed."""
    return page(
        "settings/account.html",
        422 if email_form or password_form else 200,
        email_form=email_form or EmailForm(formdata=None, email=auth.viewer().email),
        password_form=password_form or PasswordForm(formdata=None),
    )
