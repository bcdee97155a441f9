from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Row, func, select

from linkmsg import clock
from linkmsg.actions import accounts, messages
from linkmsg.actions.passwords import matches
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.demo import PEOPLE, DemoRefused, load
from linkmsg.demo.script import Act, TalkError, read_all
from linkmsg.models import (
    Connection,
    Conversation,
    Instance,
    Invitation,
    Member,
    Message,
    Participation,
    Relationship,
)
from linkmsg.models.text import body_error, line_error

ZONES = {each.key: each.zone for each in PEOPLE}


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def person(key: str) -> Member:
    email = next(each.email for each in PEOPLE if each.key == key)
    return db.session.scalars(Member.by_email(email)).one()


def everything() -> dict[str, list[Row[tuple[object, ...]]]]:
    tables = db.metadata.sorted_tables
    return {each.name: list(db.session.execute(each.select())) for each in tables}


def test_twelve_people_can_sign_in_and_the_first_is_the_admin() -> None:
    sign_ins = load()
    assert len(sign_ins) == 12
    for each in sign_ins:
        member = db.session.scalars(Member.by_email(each.email)).one()
        assert member.name == each.name
        assert Member.is_email(each.email)
        assert Member.is_handle(member.handle)
    ana = person("ana")
    assert matches(sign_ins[0].password, ana.password_hash)
    assert ana.is_admin
    assert not person("bo").is_admin
    assert len(sign_ins[0].password) >= settings.password_min
    assert db.session.get(Instance, 1) is not None


def test_loading_twice_changes_nothing() -> None:
    first = load()
    before = everything()
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert load() == first
    assert everything() == before


def test_what_people_did_in_the_demo_stays() -> None:
    load()
    ana, bo = person("ana"), person("bo")
    ana.email = "somebody@else.example"
    db.session.commit()
    messages.start(ana, bo, "The cable is a cable.", "a-nonce-of-sixteen")
    before = everything()
    load()
    assert everything() == before


def test_it_stays_out_where_real_members_live() -> None:
    accounts.add_member("cy@cy.example", "Cy Adler", "a long enough password")
    before = everything()
    with pytest.raises(DemoRefused, match="LINKMSG_DATA_DIR"):
        load()
    assert everything() == before


def test_it_stays_out_where_only_some_of_its_members_live() -> None:
    accounts.add_member("ana@harbour.example", "Ana Ferraz", "a long enough password")
    before = everything()
    with pytest.raises(DemoRefused, match="other members"):
        load()
    assert everything() == before


STANDINGS = {
    "bo": ("1st", "CONNECTED"),
    "ngozi": ("1st", "CONNECTED"),
    "mei": ("1st", "CONNECTED"),
    "rania": ("1st", "CONNECTED"),
    "siobhan": ("1st", "CONNECTED"),
    "tomas": ("2nd", "NOT_CONNECTED"),
    "harish": ("2nd", "INVITATION_RECEIVED"),
    "margaux": ("2nd", "INVITATION_RECEIVED"),
    "lucja": ("2nd", "REPLY_RECEIVED"),
    "keola": ("3rd", "INVITATION_SENT"),
    "wren": ("", "NOT_CONNECTED"),
}


def test_ana_stands_to_the_others_in_every_way_there_is() -> None:
    load()
    for key, expected in STANDINGS.items():
        relationship = Relationship.between(person("ana"), person(key).id, clock.now())
        assert (relationship.degree.label, relationship.status.name) == expected, key


def test_one_who_left_has_a_history_and_may_be_invited() -> None:
    load()
    relationship = Relationship.between(person("ana"), person("tomas").id, clock.now())
    assert relationship.conversation_id is not None
    assert relationship.can_invite


def test_invitations_wait_with_and_without_a_note() -> None:
    load()
    received = db.session.scalars(Invitation.received_by(person("ana"), clock.now())).all()
    sent = db.session.scalars(Invitation.sent_by(person("ana"), clock.now())).all()
    assert [bool(each.note) for each in received] == [False, True]
    assert [bool(each.note) for each in sent] == [False, True]


def test_one_conversation_is_very_long() -> None:
    load()
    talk = db.session.scalars(Conversation.of_pair(person("ana").id, person("bo").id)).one()
    assert talk.last_seq > 150


def test_counts_and_marks_are_what_sending_would_have_left() -> None:
    load()
    for talk in db.session.scalars(select(Conversation)):
        page = db.session.scalars(Message.page_from(talk.id, 0, 1000)).all()
        assert [each.seq for each in page] == list(range(1, talk.last_seq + 1))
        assert [each.revision for each in page] == list(range(1, talk.revision + 1))
        parts = db.session.scalars(
            select(Participation).where(Participation.conversation_id == talk.id)
        ).all()
        assert {part.member_id for part in parts} == {talk.low_id, talk.high_id}
        for part in parts:
            assert part.last_message_id == page[-1].id
            waiting = Message.count_unread(talk.id, part.member_id, part.last_read_seq)
            assert part.unread == db.session.scalar(waiting)
    assert db.session.scalar(Participation.unread_total(person("ana").id)) == 9


def test_ids_go_with_time_and_nothing_is_in_the_future() -> None:
    load()
    sent = select(Message.created_at).where(Message.nonce.is_not(None)).order_by(Message.id)
    moments = db.session.scalars(sent).all()
    asked = db.session.scalars(select(Invitation.sent_at).order_by(Invitation.id)).all()
    assert list(moments) == sorted(moments)
    assert list(asked) == sorted(asked)
    assert moments[-1] < clock.now()
    joined = db.session.scalar(select(func.max(Member.created_at)))
    assert joined is not None
    assert joined < clock.now()


def test_connections_stand_in_both_directions_and_come_from_an_invitation() -> None:
    load()
    rows = db.session.scalars(select(Connection)).all()
    pairs = {(each.member_id, each.peer_id) for each in rows}
    assert pairs == {(other, one) for one, other in pairs}
    accepted = select(Invitation).where(Invitation.outcome == "accepted")
    ties = {(each.low_id, each.high_id) for each in db.session.scalars(accepted)}
    left = tuple(sorted((person("ana").id, person("tomas").id)))
    assert ties - {(one, other) for one, other in pairs if one < other} == {left}


def test_everything_said_could_have_been_typed() -> None:
    load()
    for message in db.session.scalars(select(Message)):
        assert Message.validation_error(message.body) is None
    for invitation in db.session.scalars(select(Invitation)):
        assert len(invitation.note) <= settings.note_max
        assert body_error(invitation.note) is None
    for member in db.session.scalars(select(Member)):
        assert line_error(member.name) is None
        assert len(member.headline) <= 120


@pytest.mark.parametrize("start", ["2026-03-26", "2026-10-22", "2027-01-01"])
def test_time_runs_forward_whenever_it_is_loaded(start: str) -> None:
    talks = read_all()
    for hours in range(0, 24 * 8, 3):
        now = datetime.fromisoformat(start).replace(tzinfo=UTC) + timedelta(hours=hours)
        for talk in talks:
            moments = [act.at(now, ZONES[talk.one]) for act in talk.acts]
            assert moments == sorted(moments)
            assert moments[-1] < now


def test_nobody_speaks_before_she_joined() -> None:
    load()
    joined = {each.id: each.created_at for each in db.session.scalars(select(Member))}
    for message in db.session.scalars(select(Message).where(Message.author_id.is_not(None))):
        assert joined[message.author_id or 0] < message.created_at


def test_a_talk_that_breaks_a_rule_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = next(each for each in read_all() if (each.one, each.other) == ("ana", "keola"))
    talk.acts.append(Act(None, timedelta(hours=1), "ana", "says", "Have you seen my invitation?"))
    monkeypatch.setattr("linkmsg.demo.read_all", lambda: [talk])
    with pytest.raises(TalkError, match="ana can't"):
        load()
    assert not any(everything().values())
