"""The demo network: invented members with some months of conversations, ending now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused
from linkmsg.actions.passwords import hash_password
from linkmsg.db import db, writing
from linkmsg.demo.cast import PASSWORD, PEOPLE, PLACE, Person
from linkmsg.demo.script import Talk, TalkError, read_all
from linkmsg.demo.stage import Stage
from linkmsg.models import Instance, Member

__all__ = ["DemoRefused", "SignIn", "load"]


class DemoRefused(ActionRefused):
    """The demo stays out of this database; `str()` of it is a sentence. Nothing was written."""


@dataclass(frozen=True)
class SignIn:
    """How to sign in as one of the demo's members; the first is the main one, and an admin."""

    name: str
    email: str
    password: str


def load() -> list[SignIn]:
    """Write the demo network into an empty database; into its own, change nothing.

    Raises:
        DemoRefused: others than the demo's members live here, or only some of them.
    """
    password_hash = hash_password(PASSWORD)
    with writing():
        if not _is_here():
            _write(password_hash, clock.now())
    return [SignIn(each.name, each.email, PASSWORD) for each in PEOPLE]


def _is_here() -> bool:
    """Whether the demo is loaded. Its people are known by address or handle, whichever is kept."""
    emails = {each.email for each in PEOPLE}
    handles = {Member.handle_from(each.name) for each in PEOPLE}
    living = db.session.execute(select(Member.email, Member.handle)).all()
    known = [email in emails or handle in handles for email, handle in living]
    if known and known != [True] * len(PEOPLE):
        raise DemoRefused(
            "This data directory holds other members than the demo's, so nothing was loaded. "
            "Serve it with linkmsg run, or give the demo an empty one with LINKMSG_DATA_DIR."
        )
    return bool(living)


def _write(password_hash: str, now: datetime) -> None:
    members = {each.key: _member(each, password_hash, now) for each in PEOPLE}
    members[PEOPLE[0].key].is_admin = True
    db.session.add_all(members.values())
    if db.session.get(Instance, 1) is None:
        db.session.add(Instance(id=1, name=PLACE, set_up_at=members[PEOPLE[0].key].created_at))
    db.session.flush()
    _perform(read_all(), members, now)


def _member(person: Person, password_hash: str, now: datetime) -> Member:
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


def _perform(talks: list[Talk], members: dict[str, Member], now: datetime) -> None:
    """Play all talks at once, in the order of time: the inbox goes by the ids of messages."""
    stages = [Stage(talk, members) for talk in talks]
    acts = []
    for stage in stages:
        moments = [act.at(now, members[stage.talk.one].zone) for act in stage.talk.acts]
        if moments != sorted(moments):
            raise TalkError(f"{stage.talk.one} + {stage.talk.other}: time runs backwards.")
        acts += [(at, stage, act) for at, act in zip(moments, stage.talk.acts, strict=True)]
    for at, stage, act in sorted(acts, key=lambda each: each[0]):
        stage.play(act, at)
    db.session.flush()
    for stage in stages:
        stage.close()
