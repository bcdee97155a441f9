"""Signing up by an invite link: who joined by it, and whom it connects at once."""

import pytest
from sqlalchemy import select

from linkmsg.actions import accounts, invite_links
from linkmsg.actions.accounts import NewAccount
from linkmsg.actions.errors import ActionRefused, AlreadyTaken
from linkmsg.db import db
from linkmsg.models import Connection, Conversation, InviteLink, InviteLinkUse, Member
from tests import people
from tests.people import PASSWORD, Person
from tests.support.concurrency import run_together
from tests.support.listeners import tab, take_frames, take_html
from tests.support.relationships import messages_between, read_state, status_of


@pytest.fixture
def other_admin(app):
    """Return another admin, without whom the first can be neither disabled nor removed."""
    return people.join(app, "Eve Keeper", admin=True)


def make_link(inviter, *, max_uses=None, connects=True):
    """Make an invite link as a member, and return its id."""
    with inviter.app.app_context():
        return invite_links.make(inviter.member(), max_uses=max_uses, days=7, connects=connects).id


def account(number=0):
    return NewAccount(f"nia{number}@example.com", f"Nia{number} Novak", PASSWORD)


def join(app, link_id, number=0):
    """Sign up by a link, and return the new person."""
    with app.app_context():
        member = accounts.sign_up(account(number), link_id)
        return Person(app, member.id, member.name, member.email, member.handle)


def rows(app, model):
    with app.app_context():
        return list(db.session.scalars(select(model)))


def test_link_that_connects_opens_the_conversation(app, admin):
    nia = join(app, make_link(admin))
    assert status_of(nia, admin) == status_of(admin, nia) == "CONNECTED"
    [(seq, author, body, _)] = messages_between(admin, nia)
    assert (seq, author, body) == (1, None, "connected")
    assert read_state(admin, nia)[1] == read_state(nia, admin)[1] == 0


def test_link_without_the_option_only_records_who_joined(app, admin):
    link = make_link(admin, connects=False)
    nia = join(app, link)
    assert status_of(nia, admin) == "NOT_CONNECTED"
    assert rows(app, Conversation) == []
    assert [(each.member_id, each.link_id) for each in rows(app, InviteLinkUse)] == [(nia.id, link)]


def test_concurrent_sign_ups_connect_only_the_one_admitted(app, admin):
    link = make_link(admin, max_uses=1)
    actions = [lambda n=n: accounts.sign_up(account(n), link) for n in range(6)]
    results = run_together(app, *actions)
    assert [isinstance(each, Member) for each in results].count(True) == 1
    assert len(rows(app, InviteLinkUse)) == len(rows(app, Conversation)) == 1
    assert len(rows(app, Connection)) == 2


def test_concurrent_sign_ups_by_one_link_all_connect(app, admin):
    link = make_link(admin)
    actions = [lambda n=n: accounts.sign_up(account(n), link) for n in range(6)]
    assert all(isinstance(each, Member) for each in run_together(app, *actions))
    assert len(rows(app, InviteLinkUse)) == rows(app, InviteLink)[0].uses == 6
    assert len(rows(app, Connection)) == 12


ENDS = {accounts.disable: accounts.enable, accounts.remove_admin: accounts.make_admin}


@pytest.mark.parametrize("connects", [True, False])
@pytest.mark.parametrize("end", ENDS)
def test_link_of_a_former_admin_admits_nobody(app, admin, other_admin, end, connects):
    link = make_link(admin, connects=connects)
    with app.app_context():
        end(admin.member())
        with pytest.raises(ActionRefused, match="This invite link is invalid or has expired"):
            accounts.sign_up(account(), link)
    assert (len(rows(app, Member)), rows(app, InviteLink)[0].uses) == (2, 0)
    with app.app_context():
        ENDS[end](admin.member())
    assert (status_of(join(app, link), admin) == "CONNECTED") is connects


@pytest.mark.parametrize("end", ENDS)
def test_concurrent_end_of_an_admin_admits_one_or_nobody(app, admin, other_admin, end):
    link = make_link(admin)
    run_together(app, lambda: accounts.sign_up(account(), link), lambda: end(admin.member()))
    joined = len(rows(app, InviteLinkUse))
    assert joined == rows(app, InviteLink)[0].uses == len(rows(app, Conversation))
    with app.app_context(), pytest.raises(ActionRefused):
        accounts.sign_up(account(1), link)
    assert len(rows(app, Member)) == 2 + joined


def test_refused_sign_up_records_and_connects_nothing(app, admin):
    link = make_link(admin, max_uses=1)
    with app.app_context(), pytest.raises(AlreadyTaken):
        accounts.sign_up(NewAccount(admin.email, "Ada Again", PASSWORD), link)
    assert rows(app, InviteLinkUse) == rows(app, Connection) == []
    assert status_of(join(app, link), admin) == "CONNECTED"


@pytest.mark.parametrize("connects", [True, False])
def test_inviter_is_told_who_joined(app, admin, cy, connects):
    link, ada, stranger = make_link(admin, connects=connects), tab(admin), tab(cy)
    join(app, link)
    frames = take_html(ada)
    assert "Nia0 Novak joined by your invite link." in frames
    assert ("You are now connected." in frames) is connects
    assert take_frames(stranger) == []


def test_inviter_id_is_that_of_an_open_account(app, admin, other_admin, cy):
    nia = join(app, make_link(admin, connects=False))
    with app.app_context():
        assert db.session.scalar(InviteLinkUse.inviter_id_of(nia.member())) == admin.id
        assert db.session.scalar(InviteLinkUse.inviter_id_of(cy.member())) is None
        accounts.disable(admin.member())
        assert db.session.scalar(InviteLinkUse.inviter_id_of(nia.member())) is None


def test_newest_members_are_limited_for_each_link(app, admin):
    one, other, unused = (make_link(admin) for _ in range(3))
    for number in range(5):
        join(app, one, number)
    join(app, other, 5)
    with app.app_context():
        found = db.session.execute(InviteLinkUse.newest_members([one, other, unused], 3))
        names = [(link, member.name.split()[0]) for link, member in found]
    assert names == [(one, "Nia4"), (one, "Nia3"), (one, "Nia2"), (other, "Nia5")]
