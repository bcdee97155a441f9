"""Administration: the name of the instance, and who may sign up."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from linkmsg.actions import instance as actions
from linkmsg.config import settings
from linkmsg.forms.settings import PlaceForm
from linkmsg.web import permissions
from linkmsg.web.admin_log import log_admin_action
from linkmsg.web.registration import registration
from linkmsg.web.responses import form_status, instance_name, page, redirect_after_post

bp = Blueprint("place", __name__, url_prefix="/admin/network")


@bp.route("", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Show the form for the name of the instance and who may sign up, and save it.

    If LINKMSG_REGISTRATION is set, it says who may sign up, and the form does not.
    """
    permissions.require_admin()
    old_name, old_registration = instance_name(), registration()
    form = PlaceForm(name=old_name, registration=old_registration)
    if settings.registration:
        form.registration.data = settings.registration
    if not form.validate_on_submit():
        is_fixed = bool(settings.registration)
        return page("admin/network.html", form_status(), form=form, is_fixed=is_fixed)
    chosen = "" if settings.registration else form.registration.data
    actions.change(form.name.data, chosen)
    if form.name.data != old_name:
        log_admin_action("renamed the network")
    if chosen and chosen != old_registration:
        log_admin_action(f"changed registration to {chosen}")
    return redirect_after_post(url_for("place.edit"), "Saved")
