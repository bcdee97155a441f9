"""Each event: who hears what of it, and who hears nothing."""

import re

import pytest
from sqlalchemy import select

from linkmsg.actions import accounts, connections
from linkmsg.db import db
from linkmsg.live import broadcasts
from linkmsg.live.connection import CATCH_UP, SIGNED_OUT
from linkmsg.live.hub import LOOK
from linkmsg.models import Message
from tests import people
from tests.people import nonce
from tests.support.listeners import heard, raw, read, share, tab, type_in, unread_in

MESSAGE = re.compile(r'<li class="msg[^"]*" id="message-\d+".*?</li>', re.DOTALL)


class TestAMessage:
    def test_is_heard_by_both_and_by_nobody_else(self, ana, talk, tabs):
        ana.send(talk, "Lunch?")
        mine, his = heard(tabs.ana), heard(tabs.bo)
        assert mine.count("Lunch?") == his.count("Lunch?") > 1
        assert f'hx-target="#log-{talk}"' in mine
        assert f'hx-target="#log-{talk}"' in his
        assert (unread_in(mine), unread_in(his)) == ("1", "2")
        assert raw(tabs.cy) == []

    def test_is_heard_in_every_tab_of_hers(self, ana, talk, tabs):
        other = tab(ana, 2)
        ana.send(talk, "Lunch?")
        assert heard(other) == heard(tabs.ana) != ""

    def test_looks_in_a_frame_as_on_the_page_of_each(self, ana, bo, talk, tabs):
        ana.send(talk, "See https://example.com & <b>me</b>")
        for person, line in ((ana, tabs.ana), (bo, tabs.bo)):
            [shown] = MESSAGE.findall(heard(line))
            assert shown in person.get(f"/messaging/{talk}").text

    def test_carries_no_token_of_anybody(self, ana, bo, talk, tabs):
        ana.send(talk, "Lunch?")
        bo.send(talk, "Yes")
        for line in (tabs.ana, tabs.bo):
            frames = heard(line)
            assert "csrf_token" not in frames
            assert ana.token not in frames
            assert bo.token not in frames

    def test_tells_its_author_which_of_her_sends_it_answers_and_nobody_else(self, ana, talk, tabs):
        mine = nonce()
        ana.send(talk, "Lunch?", nonce=mine)
        assert f"[data-nonce='{mine}']" in heard(tabs.ana)
        assert mine not in heard(tabs.bo)

    def test_ends_that_its_author_is_typing_for_the_other_only(self, ana, talk, tabs):
        ana.send(talk, "Lunch?")
        assert f'hx-target="#typing-{talk}"' in heard(tabs.bo)
        assert f'hx-target="#typing-{talk}"' not in heard(tabs.ana)

    def test_that_opens_a_conversation_is_heard_by_both(self, bo, dee, cy):
        dees, bos, cys = tab(dee), tab(bo), tab(cy)
        people.talk(dee, bo, "Hello Bo")
        assert "Hello Bo" in heard(dees)
        assert "Hello Bo" in heard(bos)
        assert raw(cys) == []

    def test_to_oneself_is_heard_once(self, ana, tabs):
        people.talk(ana, ana, "Buy bread")
        assert len(MESSAGE.findall(heard(tabs.ana))) == 1
        assert raw(tabs.bo) == raw(tabs.cy) == []

    def test_that_was_refused_is_heard_by_nobody(self, cy, talk, tabs):
        assert cy.send(talk, "Let me in").status_code == 404
        assert raw(tabs.ana) == raw(tabs.bo) == raw(tabs.cy) == []


def test_a_name_that_changes_is_told_to_all_who_write_with_her(bo, tabs):
    bo.post("/settings/profile", name="Bo <Berg>", handle=bo.handle)
    shown = f"""hx-target="[data-name='{bo.id}']" hx-swap="textContent">Bo &lt;Berg&gt;<"""
    assert shown in heard(tabs.ana)
    assert raw(tabs.cy) == []


def test_two_who_part_ask_where_they_may_write_and_see_nothing_more(ana, bo, talk, tabs):
    with ana.app.app_context():
        connections.remove(ana.member(), bo.member())
    for line in (tabs.ana, tabs.bo):
        frames = raw(line)
        assert LOOK in frames
        assert f"/messaging/{talk}/composer" in "".join(frames)
    assert raw(tabs.cy) == []
    type_in(ana, talk)
    read(bo, talk)
    assert raw(tabs.ana) == []
    assert "is typing" not in heard(tabs.bo)


def test_an_account_that_is_closed_signs_its_tabs_out_and_the_other_asks(ana, bo, talk, tabs):
    with ana.app.app_context():
        accounts.disable(bo.member())
    assert (tabs.bo.code, tabs.ana.code, tabs.cy.code) == (SIGNED_OUT, None, None)
    assert f"/messaging/{talk}/composer" in heard(tabs.ana)
    assert raw(tabs.cy) == []


class TestPresence:
    def test_is_told_to_connections_only(self, ana, bo, tabs):
        with ana.app.app_context():
            broadcasts.presence({bo.id}, set())
        assert f"[data-dot='{bo.id}']" in heard(tabs.ana)
        assert raw(tabs.bo) == raw(tabs.cy) == []

    @pytest.mark.parametrize("who", ["ana", "bo"])
    def test_is_told_to_neither_while_one_shares_nothing(self, who, ana, bo, tabs):
        share({"ana": ana, "bo": bo}[who], presence=False)
        raw(tabs.ana), raw(tabs.bo)
        with ana.app.app_context():
            broadcasts.presence({bo.id, ana.id}, set())
            broadcasts.presence(set(), {bo.id, ana.id})
        assert raw(tabs.ana) == raw(tabs.bo) == []


def test_a_frame_that_fails_loses_no_message_and_sends_the_pages_to_ask(
    ana, talk, tabs, monkeypatch, caplog
):
    def fail(*_, **__):
        raise RuntimeError("a template is broken")

    monkeypatch.setattr(broadcasts, "render_changed", fail)
    assert ana.send(talk, "Lunch?").status_code == 303
    assert (tabs.ana.code, tabs.bo.code, tabs.cy.code) == (CATCH_UP, CATCH_UP, None)
    assert "a template is broken" in caplog.text
    assert "members were not told" in caplog.text
    with ana.app.app_context():
        found = db.session.scalars(select(Message.body).where(Message.conversation_id == talk))
        assert list(found)[-1] == "Lunch?"
