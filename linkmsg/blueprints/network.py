"""My Network: a member's connections, and the invitations they sent and received."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import connections as connecting
from linkmsg.actions import invitations as actions
from linkmsg.actions.errors import ActionRefused, AttachmentsRefused, NonceReused
from linkmsg.actions.invitation_checks import NO_LONGER_OPEN
from linkmsg.db import db
from linkmsg.forms.messages import MessageForm, new_message_form
from linkmsg.models import Invitation, Relationship, RelationshipStatus
from linkmsg.models.people import InvitationView, PeoplePage, connections_of
from linkmsg.models.text import one_line
from linkmsg.web import auth, csrf, pagination, permissions, rate_limits, redirects
from linkmsg.web.responses import (
    fragment_or_redirect,
    is_fragment_request,
    page,
    redirect_after_post,
)

bp = Blueprint("network", __name__, url_prefix="/network")


@bp.get("")
def connections() -> ResponseReturnValue:
    """List a member's connections, newest first or by name; with a query, only matching ones.

    Without parameters this is the entrance of My Network: it leads to the invitations if any wait.
    """
    me, q = auth.viewer(), one_line(request.args.get("q", ""))
    if not (request.args or is_fragment_request()) and _received_count():
        return redirect(url_for("network.invitations"), 303)
    sort = "name" if request.args.get("sort") == "name" else "recent"
    found = PeoplePage.page_of(connections_of(me, q, sort), pagination.requested_page())
    return page(
        "network/connections.html",
        people=found.rows,
        total=found.total,
        q=q,
        sort=sort,
        pages=pagination.page_links(found, q=q, sort=sort),
        received_count=_received_count(),
    )


@bp.get("/invitations")
def invitations() -> ResponseReturnValue:
    """List the invitations that the signed-in member received and can answer."""
    me = auth.viewer()
    views = InvitationView.all_of(me, Invitation.received_by(me, clock.now()))
    return page("network/invitations.html", invitations=views, received_count=_received_count())


@bp.get("/invitations/sent")
def sent() -> ResponseReturnValue:
    """List the invitations that the signed-in member sent and that are still pending."""
    me = auth.viewer()
    views = InvitationView.all_of(me, Invitation.sent_by(me, clock.now()))
    return page("network/sent.html", invitations=views, received_count=_received_count())


@bp.post("/invitations/<id_:id>/accept")
def accept(id: int) -> ResponseReturnValue:
    """Accept an invitation that the member received, which connects the two members."""
    view = _my_invitation(id)
    conversation = actions.accept(auth.viewer(), id)
    outcome = f"You and {view.person.first_name} are now connected."
    return _outcome(view, outcome, conversation.id)


@bp.post("/invitations/<id_:id>/ignore")
def ignore(id: int) -> ResponseReturnValue:
    """Ignore an invitation; its sender is not notified."""
    view = _my_invitation(id)
    actions.ignore(auth.viewer(), id)
    return _outcome(view, f"Ignored. {view.person.first_name} won’t be notified.", can_undo=True)


@bp.post("/invitations/<id_:id>/ignore-for-good")
def ignore_for_good(id: int) -> ResponseReturnValue:
    """Ignore an invitation, so that its sender can't invite this member again."""
    view = _my_invitation(id)
    actions.ignore(auth.viewer(), id, never_again=True)
    sentence = f"Ignored. {view.person.first_name} can’t invite you again."
    return _outcome(view, sentence, can_undo=True)


@bp.post("/invitations/<id_:id>/ignore/undo")
def undo_ignore(id: int) -> ResponseReturnValue:
    """Take back that the member ignored an invitation, which they can answer again then."""
    view = _my_invitation(id)
    actions.undo_ignore(auth.viewer(), id)
    if is_fragment_request():
        return page("network/restored.html", view=view)
    return redirect_after_post(url_for("network.invitations"), "Invitation restored")


@bp.route("/invitations/<id_:id>/withdraw", methods=["GET", "POST"])
def withdraw(id: int) -> ResponseReturnValue:
    """Withdraw an invitation that the signed-in member sent; a GET request asks for confirmation.

    Afterwards the browser goes back to the page from which the confirmation was opened.
    """
    view = _my_invitation(id)
    if request.method == "POST":
        actions.withdraw(auth.viewer(), id)
        next_page = request.form.get("next") or url_for("network.sent")
        return redirect_after_post(redirects.local_path(next_page), "Invitation withdrawn")
    if view.invitation.inviter_id != auth.viewer().id:
        abort(404)
    if not view.invitation.is_open(clock.now()):
        raise ActionRefused(NO_LONGER_OPEN)
    return page("network/withdraw.html", invitation=view, back=_page_before())


@bp.get("/invitations/<id_:id>/reply")
def reply(id: int) -> ResponseReturnValue:
    """Show the form to reply to an invitation without accepting it."""
    view = _my_invitation(id)
    if not _relationship(view).can_reply:
        abort(404)
    return page("network/reply.html", invitation=view, form=new_message_form())


@bp.post("/invitations/<id_:id>/reply")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def send_reply(id: int) -> ResponseReturnValue:
    """Send a reply to an invitation without accepting it."""
    view, form = _my_invitation(id), MessageForm.from_request()
    if not form.validate():
        return page("network/reply.html", form.status, invitation=view, form=form.with_new_nonce())
    rate_limits.enforce_message_limit(auth.viewer(), form.nonce.data)
    try:
        sent = actions.reply(auth.viewer(), id, *form.content)
    except (NonceReused, AttachmentsRefused) as error:
        form.add_error(str(error))
        return page("network/reply.html", 409, invitation=view, form=form.with_new_nonce())
    return redirect_after_post(url_for("messaging.thread", id=sent.conversation_id))


@bp.route("/connections/<handle>/remove", methods=["GET", "POST"])
def remove(handle: str) -> ResponseReturnValue:
    """Remove a connection; a GET request shows the page that asks for confirmation."""
    me, other = auth.viewer(), permissions.member_by_handle(handle)
    if request.method == "POST":
        connecting.remove(me, other)
        return redirect_after_post(
            url_for("network.connections", sort="recent"),
            f"{other.first_name} was removed from your connections.",
        )
    if Relationship.between(me, other.id, clock.now()).status is not RelationshipStatus.CONNECTED:
        abort(404)
    return page("network/remove.html", person=other)


def _my_invitation(id: int) -> InvitationView:
    """Return an invitation that the signed-in member sent or received; HTTP 404 for others."""
    views = InvitationView.all_of(auth.viewer(), Invitation.of_member(auth.viewer(), id))
    if not views:
        abort(404)
    return views[0]


def _relationship(view: InvitationView) -> Relationship:
    return Relationship.between(auth.viewer(), view.person.id, clock.now())


def _received_count() -> int:
    return db.session.scalar(Invitation.count_received_by(auth.viewer(), clock.now())) or 0


def _page_before() -> str:
    """Return the path of the page from which this one was opened; the sent invitations if none."""
    before = redirects.referring_path("Referer")
    is_useless = before in {url_for("accounts.home"), request.path}
    return url_for("network.sent") if is_useless else before


def _outcome(
    view: InvitationView,
    outcome: str,
    conversation_id: int | None = None,
    *,
    can_undo: bool = False,
) -> ResponseReturnValue:
    """Return what the answer to an invitation has done.

    With htmx it replaces the invitation in the list. Otherwise a redirect leads to the new
    conversation (`conversation_id`), or back to the list, and the outcome is shown there. With
    `can_undo` it has a button to take back that the invitation was ignored.
    """
    undo = url_for("network.undo_ignore", id=view.invitation.id) if can_undo else ""
    if is_fragment_request():
        return fragment_or_redirect(
            "",
            "network/answered.html",
            invitation=view,
            outcome=outcome,
            conversation_id=conversation_id,
            undo=undo,
        )
    if conversation_id is not None:
        return redirect_after_post(url_for("messaging.thread", id=conversation_id), outcome)
    return redirect_after_post(url_for("network.invitations"), outcome, undo)
