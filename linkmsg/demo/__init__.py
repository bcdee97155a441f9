"""The data of `linkmsg demo`: invented members with months of conversations up to now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused
from linkmsg.actions.passwords import hash_password
from linkmsg.db import db, writing
from linkmsg.demo.members import INSTANCE_NAME, MEMBERS, PASSWORD, DemoMember
from linkmsg.demo.talk_parser import Talk, TalkError, read_talks
from linkmsg.demo.talk_writer import TalkWriter
from linkmsg.models import Instance, Member

__all__ = ["DemoAccount", "DemoRefused", "load_demo"]


class DemoRefused(ActionRefused):
    """Raised if the database has other members; the message is a sentence for the user."""


@dataclass(frozen=True)
class DemoAccount:
    """The name, email address and password with which to sign in as an invented member."""

    name: str
    email: str
    password: str


def load_demo() -> list[DemoAccount]:
    """Write the demo's members and conversations into an empty database; return their accounts.

    Write nothing if they are there already. The first account is an admin, with the most content.

    Raises:
        DemoRefused: the database has other members, or only some of the demo's.
    """
    password_hash = hash_password(PASSWORD)
    with writing():
        if not _is_loaded():
            _write_demo(password_hash, clock.now())
    return [DemoAccount(each.name, each.email, PASSWORD) for each in MEMBERS]


def _is_loaded() -> bool:
    """Return whether all members of the demo are in the database; False if it has no members.

    Members of the demo are recognized by their email address or handle.

    Raises:
        DemoRefused: the database has other members, or only some of the demo's.
    """
    emails = {each.email for each in MEMBERS}
    handles = {Member.handle_from(each.name) for each in MEMBERS}
    members = db.session.execute(select(Member.email, Member.handle)).all()
    is_demo = [email in emails or handle in handles for email, handle in members]
    if is_demo and is_demo != [True] * len(MEMBERS):
        raise DemoRefused(
            "The data folder has members other than the demo's, so nothing was loaded. "
            "Serve it with linkmsg run, or set LINKMSG_DATA_DIR to an empty folder for the demo."
        )
    return bool(members)


def _write_demo(password_hash: str, now: datetime) -> None:
    members = {each.key: _build_member(each, password_hash, now) for each in MEMBERS}
    members[MEMBERS[0].key].is_admin = True
    db.session.add_all(members.values())
    if db.session.get(Instance, 1) is None:
        db.session.add(
            Instance(id=1, name=INSTANCE_NAME, set_up_at=members[MEMBERS[0].key].created_at)
        )
    db.session.flush()
    _write_talks(read_talks(), members, now)


def _build_member(person: DemoMember, password_hash: str, now: datetime) -> Member:
    member = Member(
        email=person.email,
        password_hash=password_hash,
        handle=Member.handle_from(person.name),
        zone=person.zone,
        theme="",
        is_admin=False,
        created_at=now - timedelta(days=person.joined),
    )
    member.set_profile(
        name=person.name,
        headline=person.headline,
        company=person.company,
        place=person.place,
        about=person.about,
    )
    return member


def _write_talks(talks: list[Talk], members: dict[str, Member], now: datetime) -> None:
    """Write all conversations, event by event in the order of time over all of them.

    Message ids must increase with time, because the inbox sorts by them.
    """
    writers = [TalkWriter(talk, members) for talk in talks]
    events = []
    for writer in writers:
        talk = writer.talk
        moments = [event.moment(now, members[talk.first].zone) for event in talk.events]
        if moments != sorted(moments):
            raise TalkError(f"{talk.first} + {talk.second}: the events are not in order.")
        events += [(at, writer, event) for at, event in zip(moments, talk.events, strict=True)]
    for at, writer, event in sorted(events, key=lambda each: each[0]):
        writer.write(event, at)
    db.session.flush()
    for writer in writers:
        writer.write_participations()
