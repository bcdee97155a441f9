"""My Network: connections, and invitations both ways."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import connections as connecting
from linkmsg.actions import invitations as actions
from linkmsg.actions.errors import AttachmentsRefused, NonceReused
from linkmsg.db import db
from linkmsg.forms.messages import MessageForm, new_message
from linkmsg.models import Invitation, Relationship, RelationshipStatus
from linkmsg.models.people import InvitationView, PeoplePage, connections_of
from linkmsg.web import auth, csrf, pagination, permissions, rate_limits
from linkmsg.web.responses import done, fragment_or, is_partial, page

bp = Blueprint("network", __name__, url_prefix="/network")


@bp.get("")
def connections() -> ResponseReturnValue:
    """Whom one may write to, the newest first or by name."""
    me, q = auth.viewer(), request.args.get("q", "").strip()
    sort = "name" if request.args.get("sort") == "name" else "recent"
    found = PeoplePage.page_of(connections_of(me, q, sort), pagination.wanted())
    return page(
        "network/connections.html",
        people=found.rows,
        total=found.total,
        q=q,
        sort=sort,
        pages=pagination.of(found, q=q, sort=sort if sort == "name" else ""),
        received_count=_received_count(),
    )


@bp.get("/invitations")
def invitations() -> ResponseReturnValue:
    """What waits for one's answer."""
    me = auth.viewer()
    views = InvitationView.all_of(me, Invitation.received_by(me, clock.now()))
    return page("network/invitations.html", invitations=views, received_count=_received_count())


@bp.get("/invitations/sent")
def sent() -> ResponseReturnValue:
    """What one waits for."""
    me = auth.viewer()
    views = InvitationView.all_of(me, Invitation.sent_by(me, clock.now()))
    return page("network/sent.html", invitations=views, received_count=_received_count())


@bp.post("/invitations/<id_:id>/accept")
def accept(id: int) -> ResponseReturnValue:
    """Connect with who has invited one."""
    view = _mine(id)
    conversation = actions.accept(auth.viewer(), id)
    outcome = f"You and {view.person.first_name} are connected."
    return _answered(view, outcome, conversation.id)


@bp.post("/invitations/<id_:id>/ignore")
def ignore(id: int) -> ResponseReturnValue:
    """Say nothing; the other is not told."""
    view = _mine(id)
    actions.ignore(auth.viewer(), id)
    return _answered(view, f"Ignored. {view.person.first_name} is not told.")


@bp.post("/invitations/<id_:id>/ignore-for-good")
def ignore_for_good(id: int) -> ResponseReturnValue:
    """Say nothing, now and to all that follow."""
    view = _mine(id)
    actions.ignore(auth.viewer(), id, never_again=True)
    return _answered(view, f"Ignored. You will not hear from {view.person.first_name} again.")


@bp.post("/invitations/<id_:id>/withdraw")
def withdraw(id: int) -> ResponseReturnValue:
    """Take back what one has sent."""
    view = _mine(id)
    actions.withdraw(auth.viewer(), id)
    return _answered(view, "Withdrawn.")


@bp.get("/invitations/<id_:id>/reply")
def reply(id: int) -> ResponseReturnValue:
    """Answer without accepting."""
    view = _mine(id)
    if not _relationship(view).can_reply:
        abort(404)
    return page("network/reply.html", invitation=view, form=new_message())


@bp.post("/invitations/<id_:id>/reply")
@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def send_reply(id: int) -> ResponseReturnValue:
    """Send the answer."""
    view, form = _mine(id), MessageForm.received()
    if not form.validate():
        return page("network/reply.html", form.status, invitation=view, form=form.renewed())
    rate_limits.charge_message(auth.viewer(), form.nonce.data)
    try:
        sent = actions.reply(auth.viewer(), id, form.body.data, form.nonce.data, form.keys)
    except (NonceReused, AttachmentsRefused) as fault:
        form.give_back(str(fault))
        return page("network/reply.html", 409, invitation=view, form=form.renewed())
    return done(url_for("messaging.thread", id=sent.conversation_id))


@bp.route("/connections/<handle>/remove", methods=["GET", "POST"])
def remove(handle: str) -> ResponseReturnValue:
    """Part from a connection, once one has said so twice."""
    me, other = auth.viewer(), permissions.person(handle)
    if request.method == "POST":
        connecting.remove(me, other)
        return done(url_for("network.connections"), f"{other.first_name} is removed.")
    if Relationship.between(me, other.id, clock.now()).status is not RelationshipStatus.CONNECTED:
        abort(404)
    return page("network/remove.html", person=other)


def _mine(id: int) -> InvitationView:
    """An invitation that one has sent or received; all others do not exist."""
    views = InvitationView.all_of(auth.viewer(), Invitation.of_member(auth.viewer(), id))
    if not views:
        abort(404)
    return views[0]


def _relationship(view: InvitationView) -> Relationship:
    return Relationship.between(auth.viewer(), view.person.id, clock.now())


def _received_count() -> int:
    return db.session.scalar(Invitation.count_received_by(auth.viewer(), clock.now())) or 0


def _answered(
    view: InvitationView, outcome: str, conversation_id: int | None = None
) -> ResponseReturnValue:
    """What an answer shows: its outcome in place, or the page it was given on."""
    if is_partial():
        return fragment_or(
            "",
            "network/answered.html",
            invitation=view,
            outcome=outcome,
            conversation_id=conversation_id,
        )
    if conversation_id is not None:
        return done(url_for("messaging.thread", id=conversation_id), outcome)
    sent = view.invitation.inviter_id == auth.viewer().id
    return done(url_for("network.sent" if sent else "network.invitations"), outcome)
