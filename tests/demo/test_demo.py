from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Row, func, select

from linkmsg import clock
from linkmsg.actions import accounts, messages
from linkmsg.actions.passwords import Match, compare
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.demo import MEMBERS, DemoRefused, load_demo
from linkmsg.demo.talk_parser import TalkError, TalkEvent, read_talks
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

ZONES = {each.key: each.zone for each in MEMBERS}


@pytest.fixture(autouse=True)
def _app_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def person(key: str) -> Member:
    email = next(each.email for each in MEMBERS if each.key == key)
    return db.session.scalars(Member.by_email(email)).one()


def all_rows() -> dict[str, list[Row[tuple[object, ...]]]]:
    """Return all rows by table, without the count of writes, which a write of nothing raises."""
    tables = [each for each in db.metadata.sorted_tables if each.name != "snapshot_counter"]
    return {each.name: list(db.session.execute(each.select())) for each in tables}


def test_twelve_members_and_the_first_is_an_admin() -> None:
    demo_accounts = load_demo()
    assert len(demo_accounts) == 12
    for each in demo_accounts:
        member = db.session.scalars(Member.by_email(each.email)).one()
        assert member.name == each.name
        assert Member.is_email(each.email)
        assert Member.is_handle(member.handle)
    ana = person("ana")
    assert compare(demo_accounts[0].password, ana.password_hash) is Match.RIGHT
    assert ana.is_admin
    assert not person("bo").is_admin
    assert len(demo_accounts[0].password) >= settings.password_min
    assert db.session.get(Instance, 1) is not None


def test_loading_twice_changes_nothing() -> None:
    first = load_demo()
    before = all_rows()
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert load_demo() == first
    assert all_rows() == before


def test_loading_again_keeps_later_changes() -> None:
    load_demo()
    ana, bo = person("ana"), person("bo")
    ana.email = "somebody@else.example"
    db.session.commit()
    messages.start(ana, bo, "The cable is a cable.", "a-nonce-of-sixteen")
    before = all_rows()
    load_demo()
    assert all_rows() == before


def test_demo_refuses_a_database_with_real_members() -> None:
    accounts.add_member("cy@cy.example", "Cy Adler", "a long enough password")
    before = all_rows()
    with pytest.raises(DemoRefused, match="LINKMSG_DATA_DIR"):
        load_demo()
    assert all_rows() == before


def test_demo_refuses_a_database_with_some_demo_members() -> None:
    accounts.add_member("ana@harbour.example", "Ana Ferraz", "a long enough password")
    before = all_rows()
    with pytest.raises(DemoRefused, match="members other than"):
        load_demo()
    assert all_rows() == before


RELATIONSHIPS = {
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


def test_demo_has_every_kind_of_relationship() -> None:
    load_demo()
    for key, expected in RELATIONSHIPS.items():
        relationship = Relationship.between(person("ana"), person(key).id, clock.now())
        assert (relationship.degree.label, relationship.status.name) == expected, key


def test_removed_connection_has_history_and_can_be_invited() -> None:
    load_demo()
    relationship = Relationship.between(person("ana"), person("tomas").id, clock.now())
    assert relationship.conversation_id is not None
    assert relationship.can_invite


def test_pending_invitations_with_and_without_a_note() -> None:
    load_demo()
    received = db.session.scalars(Invitation.received_by(person("ana"), clock.now())).all()
    sent = db.session.scalars(Invitation.sent_by(person("ana"), clock.now())).all()
    assert [bool(each.note) for each in received] == [False, True]
    assert [bool(each.note) for each in sent] == [False, True]


def test_one_conversation_is_very_long() -> None:
    load_demo()
    talk = db.session.scalars(Conversation.of_pair(person("ana").id, person("bo").id)).one()
    assert talk.last_seq > 150


def test_counters_match_the_messages() -> None:
    load_demo()
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


def test_ids_are_in_order_of_time_and_none_in_the_future() -> None:
    load_demo()
    sent = select(Message.created_at).where(Message.nonce.is_not(None)).order_by(Message.id)
    moments = db.session.scalars(sent).all()
    invited = db.session.scalars(select(Invitation.sent_at).order_by(Invitation.id)).all()
    assert list(moments) == sorted(moments)
    assert list(invited) == sorted(invited)
    assert moments[-1] < clock.now()
    joined = db.session.scalar(select(func.max(Member.created_at)))
    assert joined is not None
    assert joined < clock.now()


def test_connections_are_mutual_and_have_an_invitation() -> None:
    load_demo()
    rows = db.session.scalars(select(Connection)).all()
    pairs = {(each.member_id, each.peer_id) for each in rows}
    assert pairs == {(peer_id, member_id) for member_id, peer_id in pairs}
    accepted = select(Invitation).where(Invitation.outcome == "accepted")
    accepted_pairs = {(each.low_id, each.high_id) for each in db.session.scalars(accepted)}
    removed = tuple(sorted((person("ana").id, person("tomas").id)))
    assert accepted_pairs - {(low, high) for low, high in pairs if low < high} == {removed}


def test_texts_are_within_the_limits() -> None:
    load_demo()
    for message in db.session.scalars(select(Message)):
        assert Message.validation_error(message.body) is None
    for invitation in db.session.scalars(select(Invitation)):
        assert len(invitation.note) <= settings.note_max
        assert body_error(invitation.note) is None
    for member in db.session.scalars(select(Member)):
        assert line_error(member.name) is None
        assert len(member.headline) <= 120


@pytest.mark.parametrize("start", ["2026-03-26", "2026-10-22", "2027-01-01"])
def test_events_are_in_order_whenever_it_is_loaded(start: str) -> None:
    talks = read_talks()
    for hours in range(0, 24 * 8, 7):
        now = datetime.fromisoformat(start).replace(tzinfo=UTC) + timedelta(hours=hours)
        for talk in talks:
            moments = [event.moment(now, ZONES[talk.first]) for event in talk.events]
            assert moments == sorted(moments)
            assert moments[-1] < now


def test_authors_joined_before_their_messages() -> None:
    load_demo()
    joined = {each.id: each.created_at for each in db.session.scalars(select(Member))}
    for message in db.session.scalars(select(Message).where(Message.author_id.is_not(None))):
        assert joined[message.author_id or 0] < message.created_at


def test_talk_that_breaks_a_rule_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = next(each for each in read_talks() if (each.first, each.second) == ("ana", "keola"))
    talk.events.append(
        TalkEvent(None, timedelta(hours=1), "ana", "says", "Have you seen my invitation?")
    )
    monkeypatch.setattr("linkmsg.demo.read_talks", lambda: [talk])
    with pytest.raises(TalkError, match="ana can't"):
        load_demo()
    assert not any(all_rows().values())
