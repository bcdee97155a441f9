"""Bring two members into any relationship, such as invited, and list what each allows.

The table `CASES` follows "Who may write to whom" in the rules of the product.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions import accounts, connections, invitations
from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from linkmsg.models import Invitation, Message, Participation
from tests import people
from tests.people import Person, nonce, relationship

Setup = Callable[[Person, Person], object]


def invite(inviter: Person, invitee: Person, note: str = "We met in Lund") -> int:
    """Invite a person to connect, with a note, and return the id of the invitation."""
    with inviter.app.app_context():
        return invitations.invite(inviter.member(), invitee.member(), note).id


def reply(invitee: Person, inviter: Person, body: str = "Who are you?") -> None:
    """Reply to the newest invitation from `inviter` without accepting it."""
    with invitee.app.app_context():
        invitations.reply(invitee.member(), newest_invitation(inviter, invitee), body, nonce())


def accept(invitee: Person, inviter: Person) -> None:
    """Accept the newest invitation from `inviter`, which connects the two."""
    with invitee.app.app_context():
        invitations.accept(invitee.member(), newest_invitation(inviter, invitee))


def ignore(invitee: Person, inviter: Person, *, never_again: bool = False) -> None:
    """Ignore the newest invitation from `inviter`; with `never_again` also all later ones."""
    with invitee.app.app_context():
        id = newest_invitation(inviter, invitee)
        invitations.ignore(invitee.member(), id, never_again=never_again)


def withdraw(inviter: Person, invitee: Person) -> None:
    """Withdraw the newest invitation to `invitee`."""
    with inviter.app.app_context():
        invitations.withdraw(inviter.member(), newest_invitation(inviter, invitee))


def remove(one: Person, other: Person) -> None:
    """Remove the connection of two people, on behalf of the first."""
    with one.app.app_context():
        connections.remove(one.member(), other.member())


def close_account(person: Person) -> None:
    """Disable a person's account, as an admin does."""
    with person.app.app_context():
        accounts.disable(person.member())


def newest_invitation(inviter: Person, invitee: Person) -> int:
    """Return the id of the newest invitation between two people, or 0; inside an app context."""
    pair = (Invitation.inviter_id == inviter.id, Invitation.invitee_id == invitee.id)
    ids = select(Invitation.id).where(*pair).order_by(Invitation.id.desc())
    return db.session.scalars(ids).first() or 0


def messages_between(one: Person, other: Person) -> list[tuple[int, int | None, str, datetime]]:
    """Return the messages between two people, oldest first: number, author id, text and time."""
    with one.app.app_context():
        id = relationship(one, other).conversation_id
        messages = select(Message).where(Message.conversation_id == id).order_by(Message.seq)
        return [
            (each.seq, each.author_id, each.body, each.created_at)
            for each in db.session.scalars(messages)
        ]


def read_state(person: Person, other: Person) -> tuple[int, int]:
    """Return how far a person has read the conversation with another.

    That is the number of the last message they have read, and the count of unread ones.
    """
    with person.app.app_context():
        id = relationship(person, other).conversation_id
        participation, _ = db.session.execute(*Participation.of(person.member(), id)).one()
        return participation.last_read_seq, participation.unread


def status_of(one: Person, other: Person) -> str:
    """Return the name of a RelationshipStatus, such as CONNECTED, from the side of `one`."""
    with one.app.app_context():
        return relationship(one, other).status.name


def refusal_of(action: Callable[..., Any], person: Person, *arguments: Any) -> ActionRefused:
    """Call `action(member, *arguments)`, and return its ActionRefused; fail if there is none."""
    with person.app.app_context(), pytest.raises(ActionRefused) as refusal:
        action(person.member(), *arguments)
    return refusal.value


def _connected_through(count: int) -> Setup:
    """Return a function that connects two people through a chain of `count` others."""

    def set_up(viewer: Person, other: Person) -> None:
        friends = (people.join(viewer.app, f"Friend{n} Between") for n in range(count))
        for one, next_one in pairwise([viewer, *friends, other]):
            people.connect(one, next_one)

    return set_up


def _replied(viewer_invites: bool, then: Setup | None = None) -> Setup:
    """Return a function in which one of two people invites the other, who replies.

    Then it calls `then` with the inviter and the invitee.
    """

    def set_up(viewer: Person, other: Person) -> None:
        inviter, invitee = (viewer, other) if viewer_invites else (other, viewer)
        invite(inviter, invitee)
        reply(invitee, inviter)
        if then:
            then(inviter, invitee)

    return set_up


def _invited(viewer: Person, other: Person) -> None:
    invite(other, viewer)


def _accepted(inviter: Person, invitee: Person) -> None:
    accept(invitee, inviter)


def _ignored(inviter: Person, invitee: Person) -> None:
    ignore(invitee, inviter)


def _lapsed(setup: Setup) -> Setup:
    """Return a function that calls `setup` seven months ago; invitations expire after six."""

    def set_up(viewer: Person, other: Person) -> None:
        with time_machine.travel(clock.now() - timedelta(days=214)):
            setup(viewer, other)

    return set_up


def _disconnected(viewer: Person, other: Person) -> None:
    people.connect(viewer, other)
    people.talk(viewer, other, "When we knew each other")
    remove(other, viewer)


def _closed(viewer: Person, other: Person) -> None:
    people.connect(viewer, other)
    close_account(other)


def _nothing(viewer: Person, other: Person) -> None:
    """Do nothing: the two have never met."""


@dataclass(frozen=True)
class RelationshipCase:
    """A relationship of two people: how it comes about, and what the first sees and may do.

    The first is called the viewer. With `is_self` both are the same person.
    """

    name: str
    setup: Setup
    status: str
    degree: str = ""
    can_write: bool = False
    can_reply: bool = False
    is_self: bool = False


CASES = [
    RelationshipCase("self", _nothing, "SELF", can_write=True, is_self=True),
    RelationshipCase("1st degree", people.connect, "CONNECTED", "1st", can_write=True),
    RelationshipCase("viewer invited, no answer", invite, "INVITATION_SENT"),
    RelationshipCase(
        "viewer invited, other replied", _replied(True), "REPLY_RECEIVED", can_write=True
    ),
    RelationshipCase("viewer is invited", _invited, "INVITATION_RECEIVED", can_reply=True),
    RelationshipCase(
        "viewer is invited and replied",
        _replied(False),
        "REPLY_SENT",
        can_write=True,
        can_reply=True,
    ),
    RelationshipCase("2nd degree", _connected_through(1), "NOT_CONNECTED", "2nd"),
    RelationshipCase("3rd degree", _connected_through(2), "NOT_CONNECTED", "3rd"),
    RelationshipCase("out of network", _nothing, "NOT_CONNECTED"),
    RelationshipCase("four steps away", _connected_through(3), "NOT_CONNECTED"),
    RelationshipCase("no longer connected", _disconnected, "NOT_CONNECTED"),
    RelationshipCase(
        "viewer replied, then accepted",
        _replied(False, _accepted),
        "CONNECTED",
        "1st",
        can_write=True,
    ),
    RelationshipCase("viewer replied, then ignored", _replied(False, _ignored), "NOT_CONNECTED"),
    RelationshipCase("other replied, then ignored", _replied(True, _ignored), "INVITATION_SENT"),
    RelationshipCase(
        "other replied, then viewer withdrew", _replied(True, withdraw), "NOT_CONNECTED"
    ),
    RelationshipCase(
        "viewer replied, then other withdrew", _replied(False, withdraw), "NOT_CONNECTED"
    ),
    RelationshipCase("viewer's invitation lapsed", _lapsed(invite), "NOT_CONNECTED"),
    RelationshipCase("other's invitation lapsed", _lapsed(_invited), "NOT_CONNECTED"),
    RelationshipCase("other replied, then it lapsed", _lapsed(_replied(True)), "NOT_CONNECTED"),
    RelationshipCase("viewer replied, then it lapsed", _lapsed(_replied(False)), "NOT_CONNECTED"),
    RelationshipCase("other's account is closed", _closed, "ACCOUNT_CLOSED", "1st"),
]
