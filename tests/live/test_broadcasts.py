"""Each event: who gets which frame, and who gets none."""

import re

import pytest
from sqlalchemy import select

from linkmsg.actions import accounts, connections
from linkmsg.db import db
from linkmsg.live import broadcasts
from linkmsg.live.connection import CLOSE_CATCH_UP, CLOSE_SIGNED_OUT
from linkmsg.live.hub import REFRESH
from linkmsg.models import Message
from tests import people
from tests.people import nonce
from tests.support.listeners import read, share, tab, take_frames, take_html, type_in, unread_in

MESSAGE = re.compile(r'<li class="msg[^"]*" id="message-\d+".*?</li>', re.DOTALL)


def close_codes(tabs):
    """Return the close codes of the tabs of Ana, Bo and Cy."""
    return tabs.ana.close_code, tabs.bo.close_code, tabs.cy.close_code


class TestMessage:
    def test_goes_to_both_and_to_nobody_else(self, ana, talk, tabs):
        ana.send(talk, "Lunch?")
        mine, his = take_html(tabs.ana), take_html(tabs.bo)
        assert mine.count("Lunch?") == his.count("Lunch?") > 1
        assert f'hx-target="#log-{talk}"' in mine
        assert f'hx-target="#log-{talk}"' in his
        assert (unread_in(mine), unread_in(his)) == ("1", "2")
        assert take_frames(tabs.cy) == []

    def test_goes_to_every_tab_of_its_author(self, ana, talk, tabs):
        other = tab(ana, 2)
        ana.send(talk, "Lunch?")
        assert take_html(other) == take_html(tabs.ana) != ""

    def test_looks_the_same_in_a_frame_and_on_a_page(self, ana, bo, talk, tabs):
        ana.send(talk, "See https://example.com & <b>me</b>")
        for person, line in ((ana, tabs.ana), (bo, tabs.bo)):
            [shown] = MESSAGE.findall(take_html(line))
            assert shown in person.get(f"/messaging/{talk}").text

    def test_carries_no_csrf_token(self, ana, bo, talk, tabs):
        ana.send(talk, "Lunch?")
        bo.send(talk, "Yes")
        for line in (tabs.ana, tabs.bo):
            frames = take_html(line)
            assert "csrf_token" not in frames
            assert ana.token not in frames
            assert bo.token not in frames

    def test_carries_its_nonce_to_its_author_only(self, ana, talk, tabs):
        mine = nonce()
        ana.send(talk, "Lunch?", nonce=mine)
        assert f"[data-nonce='{mine}']" in take_html(tabs.ana)
        assert mine not in take_html(tabs.bo)

    def test_removes_the_typing_indicator_for_the_peer_only(self, ana, talk, tabs):
        ana.send(talk, "Lunch?")
        assert f'hx-target="#typing-{talk}"' in take_html(tabs.bo)
        assert f'hx-target="#typing-{talk}"' not in take_html(tabs.ana)

    def test_that_opens_a_conversation_goes_to_both(self, bo, dee, cy):
        dees, bos, cys = tab(dee), tab(bo), tab(cy)
        people.talk(dee, bo, "Hello Bo")
        assert "Hello Bo" in take_html(dees)
        assert "Hello Bo" in take_html(bos)
        assert take_frames(cys) == []

    def test_to_oneself_is_sent_once(self, ana, tabs):
        people.talk(ana, ana, "Buy bread")
        assert len(MESSAGE.findall(take_html(tabs.ana))) == 1
        assert take_frames(tabs.bo) == take_frames(tabs.cy) == []

    def test_that_was_refused_goes_to_nobody(self, cy, talk, tabs):
        assert cy.send(talk, "Let me in").status_code == 404
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == take_frames(tabs.cy) == []


def test_new_name_goes_to_all_peers(bo, tabs):
    bo.post("/settings/profile", name="Bo <Berg>", handle=bo.handle)
    shown = f"""hx-target="[data-name='{bo.id}']" hx-swap="textContent">Bo &lt;Berg&gt;<"""
    assert shown in take_html(tabs.ana)
    assert take_frames(tabs.cy) == []


def test_removed_connection_refreshes_both_pages(ana, bo, talk, tabs):
    with ana.app.app_context():
        connections.remove(ana.member(), bo.member())
    for line in (tabs.ana, tabs.bo):
        frames = take_frames(line)
        assert REFRESH in frames
        assert f"/messaging/{talk}/composer" in "".join(frames)
    assert take_frames(tabs.cy) == []
    type_in(ana, talk)
    read(bo, talk)
    assert take_frames(tabs.ana) == []
    assert "is typing" not in take_html(tabs.bo)


def test_closed_account_is_signed_out_and_peers_refresh(ana, bo, talk, tabs):
    with ana.app.app_context():
        accounts.disable(bo.member())
    assert close_codes(tabs) == (None, CLOSE_SIGNED_OUT, None)
    assert f"/messaging/{talk}/composer" in take_html(tabs.ana)
    assert take_frames(tabs.cy) == []


class TestPresence:
    def test_goes_to_connections_only(self, ana, bo, tabs):
        with ana.app.app_context():
            broadcasts.presence({bo.id}, set())
        assert f"[data-dot='{bo.id}']" in take_html(tabs.ana)
        assert take_frames(tabs.bo) == take_frames(tabs.cy) == []

    @pytest.mark.parametrize("who", ["ana", "bo"])
    def test_goes_to_neither_while_one_does_not_share_it(self, who, ana, bo, tabs):
        share({"ana": ana, "bo": bo}[who], presence=False)
        take_frames(tabs.ana), take_frames(tabs.bo)
        with ana.app.app_context():
            broadcasts.presence({bo.id, ana.id}, set())
            broadcasts.presence(set(), {bo.id, ana.id})
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == []


def test_failing_frame_loses_no_message_and_disconnects(ana, talk, tabs, monkeypatch, caplog):
    def fail(*_, **__):
        raise RuntimeError("a template is broken")

    monkeypatch.setattr(broadcasts, "render_changed", fail)
    assert ana.send(talk, "Lunch?").status_code == 303
    assert close_codes(tabs) == (CLOSE_CATCH_UP, CLOSE_CATCH_UP, None)
    assert "a template is broken" in caplog.text
    assert "a broadcast failed" in caplog.text
    with ana.app.app_context():
        found = db.session.scalars(select(Message.body).where(Message.conversation_id == talk))
        assert list(found)[-1] == "Lunch?"
