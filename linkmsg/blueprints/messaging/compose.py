"""Writing to a person: found by name, or reached from her profile."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import messages
from linkmsg.actions.errors import AttachmentsRefused, NonceReused, WritingNotAllowed
from linkmsg.blueprints.people.connect import instead_of_sending
from linkmsg.forms.messages import MessageForm, new_message
from linkmsg.models import Relationship
from linkmsg.models.inbox import Inbox
from linkmsg.models.people import PeoplePage, PersonRow, connections_of, people_matching
from linkmsg.web import auth, csrf, permissions, rate_limits
from linkmsg.web.responses import page


def compose() -> ResponseReturnValue:
    """Choose somebody, then write; with whom one has written before, in that thread."""
    handle = request.args.get("to", "")
    if not handle:
        return _choose(request.args.get("q", "").strip())
    me, other = auth.viewer(), permissions.person(handle)
    relationship = Relationship.between(me, other.id, clock.now())
    if relationship.conversation_id is not None:
        return redirect(url_for("messaging.thread", id=relationship.conversation_id), 303)
    return _write(relationship, new_message())


@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def start() -> ResponseReturnValue:
    """Send the first message to somebody."""
    form = MessageForm.received()
    me, other = auth.viewer(), permissions.person(request.form.get("to", ""))
    if not form.validate():
        return _write(Relationship.between(me, other.id, clock.now()), form.renewed(), form.status)
    rate_limits.charge_message(me, form.nonce.data)
    try:
        sent = messages.start(me, other, form.body.data, form.nonce.data, form.keys)
    except (NonceReused, AttachmentsRefused) as fault:
        form.give_back(str(fault))
        return _write(Relationship.between(me, other.id, clock.now()), form.renewed(), 409)
    except WritingNotAllowed as fault:
        return instead_of_sending(fault.relationship, form.body.data)
    return redirect(url_for("messaging.thread", id=sent.message.conversation_id), 303)


def _choose(q: str) -> ResponseReturnValue:
    if q:
        rate_limits.charge_search(auth.viewer())
    return page(
        "messages/compose.html",
        inbox=Inbox(auth.viewer()),
        q=q,
        people=_found(q),
        recipient=None,
        relationship=None,
        form=new_message(),
    )


def _found(q: str) -> list[PersonRow]:
    """One's connections; with words, whoever matches, the nearest first."""
    me = auth.viewer()
    if not q:
        return PeoplePage.page_of(connections_of(me, "", "recent"), 1).rows
    return PeoplePage.page_of(people_matching(me, q, clock.now(), nearest_first=True), 1).rows


def _write(relationship: Relationship, form: MessageForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "messages/compose.html",
        status,
        inbox=Inbox(auth.viewer()),
        q="",
        people=[],
        recipient=relationship.other,
        relationship=relationship,
        form=form,
    )
