"""The rows of the table "Who may write to whom", each with the two people who stand in it."""

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

Way = Callable[[Person, Person], object]


def invite(inviter: Person, invitee: Person, note: str = "We met in Lund") -> int:
    """Let one invite the other; the invitation's id."""
    with inviter.app.app_context():
        return invitations.invite(inviter.member(), invitee.member(), note).id


def reply(invitee: Person, inviter: Person, body: str = "Who are you?") -> None:
    """Let one reply to the other's invitation without accepting it."""
    with invitee.app.app_context():
        invitations.reply(invitee.member(), newest_invitation(inviter, invitee), body, nonce())


def accept(invitee: Person, inviter: Person) -> None:
    """Let one accept the other's invitation."""
    with invitee.app.app_context():
        invitations.accept(invitee.member(), newest_invitation(inviter, invitee))


def ignore(invitee: Person, inviter: Person, *, never_again: bool = False) -> None:
    """Let one ignore the other's invitation."""
    with invitee.app.app_context():
        id = newest_invitation(inviter, invitee)
        invitations.ignore(invitee.member(), id, never_again=never_again)


def withdraw(inviter: Person, invitee: Person) -> None:
    """Let one withdraw what she has sent to the other."""
    with inviter.app.app_context():
        invitations.withdraw(inviter.member(), newest_invitation(inviter, invitee))


def remove(one: Person, other: Person) -> None:
    """Let one remove the other from her connections."""
    with one.app.app_context():
        connections.remove(one.member(), other.member())


def close_account(person: Person) -> None:
    """Close somebody's account."""
    with person.app.app_context():
        accounts.disable(person.member())


def newest_invitation(inviter: Person, invitee: Person) -> int:
    """The newest invitation from one to the other; within an app context."""
    wanted = (Invitation.inviter_id == inviter.id, Invitation.invitee_id == invitee.id)
    found = select(Invitation.id).where(*wanted).order_by(Invitation.id.desc())
    return db.session.scalars(found).first() or 0


def messages_between(one: Person, other: Person) -> list[tuple[int, int | None, str, datetime]]:
    """The messages of a pair: place, author, text and moment."""
    with one.app.app_context():
        id = relationship(one, other).conversation_id
        found = select(Message).where(Message.conversation_id == id).order_by(Message.seq)
        return [
            (each.seq, each.author_id, each.body, each.created_at)
            for each in db.session.scalars(found)
        ]


def read_state(person: Person, other: Person) -> tuple[int, int]:
    """How far somebody has read with another, and what waits."""
    with person.app.app_context():
        id = relationship(person, other).conversation_id
        found, _ = db.session.execute(*Participation.of(person.member(), id)).one()
        return found.last_read_seq, found.unread


def status_of(one: Person, other: Person) -> str:
    """The row of the table that one sees."""
    with one.app.app_context():
        return relationship(one, other).status.name


def refusal_of(act: Callable[..., Any], person: Person, *arguments: Any) -> ActionRefused:
    """The refusal of an act."""
    with person.app.app_context(), pytest.raises(ActionRefused) as refusal:
        act(person.member(), *arguments)
    return refusal.value


def _through(steps: int) -> Way:
    """Connected over so many others."""

    def make(she: Person, he: Person) -> None:
        chain = [she, *(people.join(she.app, f"Friend{n} Between") for n in range(steps)), he]
        for one, other in pairwise(chain):
            people.connect(one, other)

    return make


def _replied(inviter_first: bool, then: Way | None = None) -> Way:
    """One has invited, the other has replied; `then` is given the inviter and the invitee."""

    def make(she: Person, he: Person) -> None:
        inviter, invitee = (she, he) if inviter_first else (he, she)
        invite(inviter, invitee)
        reply(invitee, inviter)
        if then:
            then(inviter, invitee)

    return make


def _invited(she: Person, he: Person) -> None:
    invite(he, she)


def _accepted(inviter: Person, invitee: Person) -> None:
    accept(invitee, inviter)


def _ignored(inviter: Person, invitee: Person) -> None:
    ignore(invitee, inviter)


def _lapsed(made: Way) -> Way:
    """The same, but seven months ago."""

    def make(she: Person, he: Person) -> None:
        with time_machine.travel(clock.now() - timedelta(days=214)):
            made(she, he)

    return make


def _parted(she: Person, he: Person) -> None:
    people.connect(she, he)
    people.talk(she, he, "When we knew each other")
    remove(he, she)


def _closed(she: Person, he: Person) -> None:
    people.connect(she, he)
    close_account(he)


def _nothing(she: Person, he: Person) -> None:
    """They have never met."""


@dataclass(frozen=True)
class Row:
    """A row of the table: how the two come to stand so, and what she may then do."""

    sentence: str
    make: Way
    status: str
    degree: str = ""
    writes: bool = False
    replies: bool = False
    alone: bool = False


ROWS = [
    Row("herself", _nothing, "SELF", writes=True, alone=True),
    Row("1st degree", people.connect, "CONNECTED", "1st", writes=True),
    Row("she invited, not answered", invite, "INVITATION_SENT"),
    Row("she invited, he replied", _replied(True), "REPLY_RECEIVED", writes=True),
    Row("she was invited", _invited, "INVITATION_RECEIVED", replies=True),
    Row(
        "she was invited and replied",
        _replied(False),
        "REPLY_SENT",
        writes=True,
        replies=True,
    ),
    Row("2nd degree", _through(1), "NOT_CONNECTED", "2nd"),
    Row("3rd degree", _through(2), "NOT_CONNECTED", "3rd"),
    Row("out of network", _nothing, "NOT_CONNECTED"),
    Row("four steps away", _through(3), "NOT_CONNECTED"),
    Row("were connected, no longer", _parted, "NOT_CONNECTED"),
    Row(
        "she replied, then accepted",
        _replied(False, _accepted),
        "CONNECTED",
        "1st",
        writes=True,
    ),
    Row("she replied, then ignored", _replied(False, _ignored), "NOT_CONNECTED"),
    Row("he replied, then ignored", _replied(True, _ignored), "INVITATION_SENT"),
    Row("he replied, then she withdrew", _replied(True, withdraw), "NOT_CONNECTED"),
    Row("she replied, then he withdrew", _replied(False, withdraw), "NOT_CONNECTED"),
    Row("her invitation lapsed", _lapsed(invite), "NOT_CONNECTED"),
    Row("his invitation lapsed", _lapsed(_invited), "NOT_CONNECTED"),
    Row("he replied, then it lapsed", _lapsed(_replied(True)), "NOT_CONNECTED"),
    Row("she replied, then it lapsed", _lapsed(_replied(False)), "NOT_CONNECTED"),
    Row("his account is closed", _closed, "ACCOUNT_CLOSED", "1st"),
]
