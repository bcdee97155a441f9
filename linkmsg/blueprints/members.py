"""Administration: the members, and what an admin can change about their accounts."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import accounts, password_resets
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from linkmsg.forms import password_prompt
from linkmsg.forms.settings import ConfirmForm
from linkmsg.models import Member
from linkmsg.models.member_list import STATES, members_matching
from linkmsg.models.people import PeoplePage
from linkmsg.web import auth, pagination, permissions
from linkmsg.web.admin_log import log_admin_action
from linkmsg.web.responses import page, redirect_after_post
from linkmsg.web.site_address import external_url

bp = Blueprint("members", __name__, url_prefix="/admin/members")

RESET_LINK = "reset_link"
OWN_ACCOUNT = "You can’t disable your own account."
OWN_PASSWORD = "Change your own password in Settings, Account."


@dataclass(frozen=True)
class Change:
    """A change of an account that is confirmed on a page of its own, template `change.html`.

    `done` is the sentence shown afterwards and `log` the line in the log.
    """

    name: str
    act: Callable[[Member], None]
    done: str
    log: str


DISABLE = Change("disable", accounts.disable, "{} is disabled.", "disabled member %d")
MAKE_ADMIN = Change(
    "make-admin", accounts.make_admin, "{} is an administrator now.", "made member %d an admin"
)
REMOVE_ADMIN = Change(
    "remove-admin",
    accounts.remove_admin,
    "{} is no longer an administrator.",
    "removed member %d from the admins",
)


@bp.get("")
def index() -> ResponseReturnValue:
    """List members, 20 on a page; `q` is a search, `state` one of STATES."""
    permissions.require_admin()
    text, state = request.args.get("q", "").strip(), request.args.get("state", "")
    state = state if state in STATES else STATES[0]
    people = PeoplePage.page_of(members_matching(text, state), pagination.requested_page())
    links = pagination.page_links(people, q=text, state="" if state == STATES[0] else state)
    return page("admin/members.html", people=people, pages=links, q=text, state=state)


@bp.route("/<id_:id>/disable", methods=["GET", "POST"])
def disable(id: int) -> ResponseReturnValue:
    """Disable an account; a GET request shows the page that asks for confirmation."""
    if permissions.require_admin().id == id:
        raise ActionRefused(OWN_ACCOUNT)
    return _confirmed(DISABLE, permissions.member_by_id(id))


@bp.post("/<id_:id>/enable")
def enable(id: int) -> ResponseReturnValue:
    """Enable a disabled account."""
    permissions.require_admin()
    member = permissions.member_by_id(id)
    accounts.enable(member)
    log_admin_action("enabled member %d", id)
    return redirect_after_post(url_for("members.index"), f"{member.name} is enabled.")


@bp.route("/<id_:id>/make-admin", methods=["GET", "POST"])
def make_admin(id: int) -> ResponseReturnValue:
    """Make a member an admin; a GET request shows the page that asks for confirmation."""
    permissions.require_admin()
    return _confirmed(MAKE_ADMIN, permissions.member_by_id(id))


@bp.route("/<id_:id>/remove-admin", methods=["GET", "POST"])
def remove_admin(id: int) -> ResponseReturnValue:
    """Make an admin a member; a GET request shows the page that asks for confirmation."""
    permissions.require_admin()
    return _confirmed(REMOVE_ADMIN, permissions.member_by_id(id))


@bp.route("/<id_:id>/reset-password", methods=["GET", "POST"])
def reset_password(id: int) -> ResponseReturnValue:
    """Create a reset link; a GET request shows the page that asks for confirmation."""
    if permissions.require_admin().id == id:
        raise ActionRefused(OWN_PASSWORD)
    member, form = permissions.member_by_id(id), ConfirmForm()
    if not _is_confirmed(form):
        return _question("reset-password", member, form)
    session[RESET_LINK] = [id, password_resets.create_token(member)[0]]
    log_admin_action("made a reset link for member %d", id)
    return redirect_after_post(url_for("members.reset_link", id=id))


@bp.get("/<id_:id>/reset-link")
def reset_link(id: int) -> ResponseReturnValue:
    """Show the reset link that was just created, as long as it works."""
    permissions.require_admin()
    made_for, token = session.get(RESET_LINK, (0, ""))
    link = Member.by_reset_token(token, clock.now())
    member = db.session.scalars(link).one_or_none() if made_for == id else None
    if member is None:
        return redirect(url_for("members.index"), 303)
    url = external_url("password_reset.choose", token=token)
    return page("admin/reset_link.html", member=member, url=url)


def _confirmed(change: Change, member: Member) -> ResponseReturnValue:
    """Do a change if its form was sent by somebody who knows the password; else show the form."""
    form = ConfirmForm()
    if not _is_confirmed(form):
        return _question(change.name, member, form)
    change.act(member)
    log_admin_action(change.log, member.id)
    address = "members.index" if auth.viewer().is_admin else "settings.profile"
    return redirect_after_post(url_for(address), change.done.format(member.name))


def _is_confirmed(form: ConfirmForm) -> bool:
    return request.method == "POST" and password_prompt.is_password_known(form)


def _question(name: str, member: Member, form: ConfirmForm) -> ResponseReturnValue:
    status = 200
    if request.method == "POST":
        status = 422 if form.errors else 403
    return page(
        "admin/change.html",
        status,
        change=name,
        person=member,
        form=form,
        asks_for_password=not auth.knows_password(),
        address=request.path,
    )
