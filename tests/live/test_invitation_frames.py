"""Invitations: which frames each of the two gets, and which they must not get."""

import re

import pytest

from linkmsg.actions import invitations
from tests import people
from tests.people import nonce
from tests.support.listeners import read, take_frames, take_html, type_in


class TestInvitation:
    @pytest.fixture
    def asked(self, ana, cy, tabs):
        """Let Ana invite Cy, and take the frames of it."""
        with ana.app.app_context():
            id = invitations.invite(ana.member(), cy.member(), "Do we meet?").id
        take_frames(tabs.ana), take_frames(tabs.cy), take_frames(tabs.bo)
        return id

    def test_is_shown_to_each_from_their_own_side(self, ana, cy, tabs):
        with ana.app.app_context():
            invitations.invite(ana.member(), cy.member(), "Do we meet?")
        mine, theirs = take_html(tabs.ana), take_html(tabs.cy)
        assert 'hx-target="#sent"' in mine
        assert 'hx-target="#received"' not in mine
        assert 'hx-target="#received"' in theirs
        assert "Do we meet?" in theirs
        assert re.search(r'id="invitations-count"[^>]*>1<', theirs)
        assert take_frames(tabs.bo) == []

    def test_that_is_accepted_goes_to_both(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            invitations.accept(cy.member(), asked)
        mine, theirs = take_html(tabs.ana), take_html(tabs.cy)
        assert "Cy accepted your invitation." in mine
        assert "accepted your invitation" not in theirs
        for frames in (mine, theirs):
            assert "Do we meet?" in frames
            assert f'hx-target="#invitation-{asked}' in frames
        assert re.search(r'id="invitations-count"[^>]*hidden[^>]*>0<', theirs)
        assert take_frames(tabs.bo) == []

    def test_that_is_open_when_an_admin_connects_them_has_its_note(self, ana, cy, tabs, asked):
        people.connect(ana, cy)
        for frames in (take_html(tabs.ana), take_html(tabs.cy)):
            assert re.search(r'id="message-\d+"', frames)
            assert f'hx-target="#invitation-{asked}' in frames

    @pytest.mark.parametrize("never_again", [False, True])
    def test_that_is_ignored_goes_to_the_invitee_only(self, ana, cy, tabs, asked, never_again):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked, never_again=never_again)
        assert f'hx-target="#invitation-{asked}' in take_html(tabs.cy)
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == []

    def test_that_is_ignored_is_no_news_for_the_inviter(self, ana, cy, tabs, asked):
        before = dict(ana.app.extensions["linkmsg.hub"]._news)
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked)
        news = ana.app.extensions["linkmsg.hub"]._news
        assert news[cy.id] != before[cy.id]
        assert news[ana.id] == before[ana.id]

    def test_that_is_restored_goes_to_the_invitee_only(self, ana, cy, tabs, asked):
        before = dict(ana.app.extensions["linkmsg.hub"]._news)
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked)
            take_frames(tabs.cy)
            invitations.undo_ignore(cy.member(), asked)
        frames = take_html(tabs.cy)
        assert 'hx-target="#received"' in frames
        assert "Do we meet?" in frames
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == []
        assert ana.app.extensions["linkmsg.hub"]._news[ana.id] == before[ana.id]

    def test_that_is_unwanted_looks_normal_to_the_inviter_only(
        self, ana, cy, tabs, asked, monkeypatch
    ):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked, never_again=True)
            invitations.withdraw(ana.member(), asked)
            monkeypatch.setattr(
                "linkmsg.models.relationship.end_of_withdrawal_wait", lambda *_: None
            )
            take_frames(tabs.cy), take_frames(tabs.ana)
            invitations.invite(ana.member(), cy.member(), "Once more?")
        assert 'hx-target="#sent"' in take_html(tabs.ana)
        assert "Once more?" not in take_html(tabs.cy)

    def test_that_is_withdrawn_disappears_for_both(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            invitations.withdraw(ana.member(), asked)
        for frames in (take_html(tabs.ana), take_html(tabs.cy)):
            assert f'hx-target="#invitation-{asked}' in frames
            assert "accepted" not in frames
        assert take_frames(tabs.bo) == []

    def test_that_was_ignored_is_withdrawn_without_a_frame(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked)
            take_frames(tabs.cy)
            before = dict(ana.app.extensions["linkmsg.hub"]._news)
            invitations.withdraw(ana.member(), asked)
        assert f'hx-target="#invitation-{asked}' in take_html(tabs.ana)
        assert take_frames(tabs.cy) == []
        assert ana.app.extensions["linkmsg.hub"]._news[cy.id] == before[cy.id]

    def test_that_is_only_answered_shares_no_typing_or_reading(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            id = invitations.reply(cy.member(), asked, "Who are you?", nonce()).conversation_id
            assert people.relationship(ana, cy).can_write
        frames = take_html(tabs.ana)
        assert "Who are you?" in frames
        assert "Read <time" not in frames + take_html(tabs.cy)
        type_in(ana, id)
        type_in(cy, id)
        read(ana, id)
        assert take_frames(tabs.cy) == []
        ana.send(id, "A colleague")
        assert "A colleague" in take_html(tabs.cy)
        take_frames(tabs.ana)
        read(cy, id)
        assert take_frames(tabs.ana) == []

    def test_that_is_accepted_later_reveals_no_earlier_reading(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            id = invitations.reply(cy.member(), asked, "Who are you?", nonce()).conversation_id
        read(ana, id)
        with ana.app.app_context():
            invitations.accept(cy.member(), asked)
            assert people.relationship(ana, cy).shares_reading
        assert "Read <time" not in take_html(tabs.cy) + take_html(tabs.ana)
        assert "Read <time" not in cy.get(f"/messaging/{id}").text
        type_in(ana, id)
        assert "is typing" in take_html(tabs.cy)
