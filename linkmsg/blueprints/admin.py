"""Administration: the invite links, which let people sign up."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invite_links as actions
from linkmsg.db import db
from linkmsg.forms.invite_links import InviteLinkForm
from linkmsg.models import InviteLink, InviteLinkUse
from linkmsg.models.people import PeoplePage, people_in
from linkmsg.web import pagination, permissions, redirects
from linkmsg.web.admin_log import log_admin_action
from linkmsg.web.invite_links import InviteLinkView, can_invite_people
from linkmsg.web.responses import page, redirect_after_post

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.route("/invite-links", methods=["GET", "POST"])
def invite_links() -> ResponseReturnValue:
    """List the invite links with a form to create one, and create it when the form is sent.

    The form is on the empty inbox too, which `next` names, to go back there.
    """
    admin, form = permissions.require_admin(), InviteLinkForm.new()
    if form.validate_on_submit():
        days = int(form.days.data)
        link = actions.make(admin, max_uses=form.max_uses, days=days, connects=form.connects)
        log_admin_action("made invite link %d", link.id)
        next_page = request.form.get("next") or url_for("admin.invite_links")
        return redirect_after_post(redirects.local_path(next_page), "Link created")
    return page(
        "admin/invite_links.html",
        422 if form.errors else 200,
        form=form,
        links=InviteLinkView.all_of(db.session.execute(InviteLink.newest())),
        can_invite=can_invite_people(admin),
    )


@bp.get("/invite-links/<id_:id>")
def joined(id: int) -> ResponseReturnValue:
    """List the members who signed up by an invite link."""
    admin = permissions.require_admin()
    link = db.session.get(InviteLink, id)
    if link is None:
        abort(404)
    query = people_in(admin, InviteLinkUse.member_ids(id), clock.now())
    found = PeoplePage.page_of(query, pagination.requested_page())
    pages = pagination.page_links(found, id=id)
    return page(
        "admin/joined.html", people=found.rows, total=found.total, uses=link.uses, pages=pages
    )


@bp.post("/invite-links/<id_:id>/revoke")
def revoke(id: int) -> ResponseReturnValue:
    """Revoke an invite link, so that nobody can sign up with it any more."""
    permissions.require_admin()
    actions.revoke(id)
    log_admin_action("revoked invite link %d", id)
    return redirect_after_post(url_for("admin.invite_links"), "Link revoked")
