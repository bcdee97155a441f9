"""New messages: choose a recipient, write, and send."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from linkmsg import clock
from linkmsg.actions import messages
from linkmsg.actions.errors import AttachmentsRefused, NonceReused, WritingNotAllowed
from linkmsg.blueprints.people.connect import instead_of_sending
from linkmsg.forms.messages import MessageForm, new_message_form
from linkmsg.models import Member, Relationship
from linkmsg.models.inbox import Inbox
from linkmsg.models.people import PeoplePage, connections_of, people_matching
from linkmsg.models.text import one_line
from linkmsg.web import auth, csrf, permissions, rate_limits
from linkmsg.web.responses import page


def compose() -> ResponseReturnValue:
    """Show members to choose a recipient from, or the form to write to `?to=<handle>`.

    Redirect to the conversation with the recipient if there is one already.
    """
    handle = request.args.get("to", "")
    if not handle:
        return _recipient_page(one_line(request.args.get("q", "")))
    me, other = auth.viewer(), permissions.member_by_handle(handle)
    relationship = Relationship.between(me, other.id, clock.now())
    if relationship.conversation_id is not None:
        return redirect(url_for("messaging.thread", id=relationship.conversation_id), 303)
    return _compose_page(relationship, new_message_form())


@csrf.csrf_protect.exempt  # type: ignore[untyped-decorator]
def start() -> ResponseReturnValue:
    """Send the first message to a member, and redirect to the conversation.

    If it can't be sent, return the form with the reason. If the two must be connected first, return
    the form to invite the member, with the text of the message.
    """
    form = MessageForm.from_request()
    me, other = auth.viewer(), permissions.member_by_handle(request.form.get("to", ""))
    if not form.validate():
        return _return_form(other, form, form.status)
    rate_limits.enforce_message_limit(me, form.nonce.data)
    try:
        sent = messages.start(me, other, *form.content)
    except (NonceReused, AttachmentsRefused) as error:
        form.add_error(str(error))
        return _return_form(other, form, 409)
    except WritingNotAllowed as error:
        return instead_of_sending(error.relationship, form.body.data)
    return redirect(url_for("messaging.thread", id=sent.message.conversation_id), 303)


def _return_form(other: Member, form: MessageForm, status: int) -> ResponseReturnValue:
    """Return the form of a message that can't be sent, with its errors, to be sent again."""
    relationship = Relationship.between(auth.viewer(), other.id, clock.now())
    return _compose_page(relationship, form.with_new_nonce(), status)


def _recipient_page(q: str) -> ResponseReturnValue:
    if q:
        rate_limits.enforce_search_limit(auth.viewer())
    found = _recipients(q)
    return page(
        "messages/compose.html",
        inbox=Inbox(auth.viewer()),
        q=q,
        people=found.rows,
        people_total=found.total,
        recipient=None,
        relationship=None,
        form=new_message_form(),
    )


def _recipients(q: str) -> PeoplePage:
    """Return the latest connections; with a query, the members who match it."""
    me = auth.viewer()
    if not q:
        return PeoplePage.page_of(connections_of(me, "", "recent"), 1)
    return PeoplePage.page_of(people_matching(me, q, clock.now()), 1)


def _compose_page(
    relationship: Relationship, form: MessageForm, status: int = 200
) -> ResponseReturnValue:
    return page(
        "messages/compose.html",
        status,
        inbox=Inbox(auth.viewer()),
        q="",
        people=[],
        people_total=0,
        recipient=relationship.other,
        relationship=relationship,
        form=form,
    )
