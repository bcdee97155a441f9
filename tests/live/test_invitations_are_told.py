"""Invitations: what each of the two hears, and what she must not."""

import re

import pytest

from linkmsg.actions import invitations
from tests import people
from tests.people import nonce
from tests.support.listeners import heard, raw, read, type_in


class TestAnInvitation:
    @pytest.fixture
    def asked(self, ana, cy, tabs):
        """Ana has invited Cy, and both have heard of it."""
        with ana.app.app_context():
            id = invitations.invite(ana.member(), cy.member(), "Do we meet?").id
        raw(tabs.ana), raw(tabs.cy), raw(tabs.bo)
        return id

    def test_is_shown_to_each_of_the_two_as_hers(self, ana, cy, tabs):
        with ana.app.app_context():
            invitations.invite(ana.member(), cy.member(), "Do we meet?")
        mine, theirs = heard(tabs.ana), heard(tabs.cy)
        assert 'hx-target="#sent"' in mine
        assert 'hx-target="#received"' not in mine
        assert 'hx-target="#received"' in theirs
        assert "Do we meet?" in theirs
        assert re.search(r'id="invitations-count"[^>]*>1<', theirs)
        assert raw(tabs.bo) == []

    def test_that_is_accepted_is_told_to_both(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            invitations.accept(cy.member(), asked)
        mine, theirs = heard(tabs.ana), heard(tabs.cy)
        assert "Cy accepted your invitation." in mine
        assert "accepted your invitation" not in theirs
        for frames in (mine, theirs):
            assert "Do we meet?" in frames
            assert f'hx-target="#invitation-{asked}' in frames
        assert re.search(r'id="invitations-count"[^>]*hidden[^>]*>0<', theirs)
        assert raw(tabs.bo) == []

    def test_that_is_open_when_an_admin_connects_the_two_is_told_with_its_note(
        self, ana, cy, tabs, asked
    ):
        people.connect(ana, cy)
        for frames in (heard(tabs.ana), heard(tabs.cy)):
            assert re.search(r'id="message-\d+"', frames)
            assert f'hx-target="#invitation-{asked}' in frames

    @pytest.mark.parametrize("never_again", [False, True])
    def test_that_is_ignored_is_told_to_her_who_did_and_to_nobody_else(
        self, ana, cy, tabs, asked, never_again
    ):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked, never_again=never_again)
        assert f'hx-target="#invitation-{asked}' in heard(tabs.cy)
        assert raw(tabs.ana) == raw(tabs.bo) == []

    def test_that_is_ignored_is_no_news_to_the_inviter_who_comes_back(self, ana, cy, tabs, asked):
        before = dict(ana.app.extensions["linkmsg.hub"]._told)
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked)
        told = ana.app.extensions["linkmsg.hub"]._told
        assert told[cy.id] != before[cy.id]
        assert told[ana.id] == before[ana.id]

    def test_that_nobody_wants_looks_to_the_inviter_as_any_and_says_nothing_to_the_other(
        self, ana, cy, tabs, asked, monkeypatch
    ):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked, never_again=True)
            invitations.withdraw(ana.member(), asked)
            monkeypatch.setattr(
                "linkmsg.models.relationship.end_of_withdrawal_wait", lambda *_: None
            )
            raw(tabs.cy), raw(tabs.ana)
            invitations.invite(ana.member(), cy.member(), "Once more?")
        assert 'hx-target="#sent"' in heard(tabs.ana)
        assert "Once more?" not in heard(tabs.cy)

    def test_that_is_withdrawn_goes_from_both(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            invitations.withdraw(ana.member(), asked)
        for frames in (heard(tabs.ana), heard(tabs.cy)):
            assert f'hx-target="#invitation-{asked}' in frames
            assert "accepted" not in frames
        assert raw(tabs.bo) == []

    def test_that_was_ignored_and_is_withdrawn_says_nothing_to_her_who_did(
        self, ana, cy, tabs, asked
    ):
        with ana.app.app_context():
            invitations.ignore(cy.member(), asked)
            raw(tabs.cy)
            before = dict(ana.app.extensions["linkmsg.hub"]._told)
            invitations.withdraw(ana.member(), asked)
        assert f'hx-target="#invitation-{asked}' in heard(tabs.ana)
        assert raw(tabs.cy) == []
        assert ana.app.extensions["linkmsg.hub"]._told[cy.id] == before[cy.id]

    def test_that_is_answered_only_tells_nothing_of_typing_and_reading(self, ana, cy, tabs, asked):
        with ana.app.app_context():
            id = invitations.reply(cy.member(), asked, "Who are you?", nonce()).conversation_id
            assert people.relationship(ana, cy).can_write
        frames = heard(tabs.ana)
        assert "Who are you?" in frames
        assert "Read <time" not in frames + heard(tabs.cy)
        type_in(ana, id)
        type_in(cy, id)
        read(ana, id)
        assert raw(tabs.cy) == []
        ana.send(id, "A colleague")
        assert "A colleague" in heard(tabs.cy)
        raw(tabs.ana)
        read(cy, id)
        assert raw(tabs.ana) == []

    def test_that_is_accepted_later_tells_nothing_of_what_was_read_before(
        self, ana, cy, tabs, asked
    ):
        with ana.app.app_context():
            id = invitations.reply(cy.member(), asked, "Who are you?", nonce()).conversation_id
        read(ana, id)
        with ana.app.app_context():
            invitations.accept(cy.member(), asked)
            assert people.relationship(ana, cy).shares_reading
        assert "Read <time" not in heard(tabs.cy) + heard(tabs.ana)
        assert "Read <time" not in cy.get(f"/messaging/{id}").text
        type_in(ana, id)
        assert "is typing" in heard(tabs.cy)
