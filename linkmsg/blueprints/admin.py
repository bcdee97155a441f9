"""For admins: who may join."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import invite_links as actions
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.forms.settings import InviteLinkForm, lives
from linkmsg.models import InviteLink, Member
from linkmsg.web import permissions
from linkmsg.web.invite_tokens import address_of
from linkmsg.web.responses import done, page

bp = Blueprint("admin", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class LinkView:
    """An invite link as the page shows it."""

    link: InviteLink
    url: str
    creator: Member
    state: str

    @property
    def uses(self) -> int:
        """How many have used it."""
        return self.link.uses

    @property
    def max_uses(self) -> int | None:
        """How many may; None for any number."""
        return self.link.max_uses

    @property
    def expires_at(self) -> datetime:
        """Until when it lets people in."""
        return self.link.expires_at


@bp.route("/invite-links", methods=["GET", "POST"])
def invite_links() -> ResponseReturnValue:
    """All invite links, and a form for another."""
    admin = permissions.admin()
    form = InviteLinkForm(uses="one", days=str(settings.invite_link_life))
    form.days.choices = lives(settings.invite_link_life)
    if form.validate_on_submit():
        most = 1 if form.uses.data == "one" else None
        actions.make(admin, max_uses=most, days=int(form.days.data))
        return done(url_for("admin.invite_links"), "The link is made. Copy it and send it on.")
    now = clock.now()
    links = [
        LinkView(link, address_of(link), creator, link.state(now))
        for link, creator in db.session.execute(InviteLink.newest())
    ]
    return page("admin/invite_links.html", 422 if form.errors else 200, form=form, links=links)


@bp.post("/invite-links/<id_:id>/revoke")
def revoke(id: int) -> ResponseReturnValue:
    """Let nobody in by a link any more."""
    permissions.admin()
    actions.revoke(id)
    return done(url_for("admin.invite_links"), "The link lets nobody in any more.")
