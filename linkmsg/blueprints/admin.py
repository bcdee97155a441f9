"""Administration: the invite links, which let people sign up."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invite_links as actions
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms.settings import InviteLinkForm, link_lifetimes
from linkmsg.models import InviteLink
from linkmsg.web import permissions
from linkmsg.web.invite_links import InviteLinkView, invite_url
from linkmsg.web.responses import page, redirect_after_post

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.route("/invite-links", methods=["GET", "POST"])
def invite_links() -> ResponseReturnValue:
    """List the invite links with a form to create one, and create it when the form is sent."""
    admin = permissions.require_admin()
    form = InviteLinkForm(uses="one", days=str(settings.invite_link_life))
    form.days.choices = link_lifetimes(settings.invite_link_life)
    if form.validate_on_submit():
        max_uses = 1 if form.uses.data == "one" else None
        actions.make(admin, max_uses=max_uses, days=int(form.days.data))
        return redirect_after_post(url_for("admin.invite_links"), "Link created")
    now = clock.now()
    links = [
        InviteLinkView(link, invite_url(link), creator, link.state(now))
        for link, creator in db.session.execute(InviteLink.newest())
    ]
    return page("admin/invite_links.html", 422 if form.errors else 200, form=form, links=links)


@bp.post("/invite-links/<id_:id>/revoke")
def revoke(id: int) -> ResponseReturnValue:
    """Revoke an invite link, so that nobody can sign up with it any more."""
    permissions.require_admin()
    actions.revoke(id)
    return redirect_after_post(url_for("admin.invite_links"), "Link revoked")
