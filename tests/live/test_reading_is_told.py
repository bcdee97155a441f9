"""Reading and typing: who sees it, and who must not."""

import re

import pytest

from linkmsg.live.hub import LOOK
from tests import people
from tests.support.listeners import heard, raw, read, share, type_in, unread_in


class TestReading:
    def test_shows_her_own_tabs_the_row_and_the_other_that_it_was_read(self, bo, talk, tabs):
        read(bo, talk)
        his, hers = heard(tabs.bo), heard(tabs.ana)
        assert f'hx-target="#row-{talk}"' in his
        assert unread_in(his) == "0"
        assert "receipt" not in his
        assert re.search(rf'id="receipt-{talk}" data-seq="1">Read <time', hers)
        assert "#row-" not in hers
        assert raw(tabs.cy) == []

    def test_again_is_told_to_nobody(self, bo, talk, tabs):
        read(bo, talk)
        assert heard(tabs.bo)
        assert heard(tabs.ana)
        read(bo, talk)
        assert raw(tabs.bo) == raw(tabs.ana) == []

    def test_that_is_put_back_is_told_to_her_own_tabs_only(self, bo, talk, tabs):
        read(bo, talk)
        heard(tabs.bo), heard(tabs.ana)
        bo.post(f"/messaging/{talk}/unread")
        assert unread_in(heard(tabs.bo)) == "1"
        assert raw(tabs.ana) == raw(tabs.cy) == []

    def test_of_what_was_put_back_tells_no_second_time(self, bo, talk, tabs):
        read(bo, talk)
        bo.post(f"/messaging/{talk}/unread")
        raw(tabs.ana)
        read(bo, talk)
        assert raw(tabs.ana) == []


class TestTyping:
    def test_is_seen_by_the_other_only(self, ana, talk, tabs):
        assert ana.post(f"/messaging/{talk}/typing").status_code == 204
        assert "Ana</bdi> is typing…" in heard(tabs.bo)
        assert raw(tabs.ana) == raw(tabs.cy) == []

    def test_is_told_once_in_a_while_however_many_keys(self, ana, talk, tabs):
        for _ in range(5):
            assert ana.post(f"/messaging/{talk}/typing").status_code == 204
        assert len(raw(tabs.bo)) == 1

    def test_of_a_stranger_is_seen_by_nobody(self, cy, talk, tabs):
        assert cy.post(f"/messaging/{talk}/typing").status_code == 404
        assert raw(tabs.bo) == raw(tabs.ana) == raw(tabs.cy) == []

    def test_is_missed_by_nobody(self, ana, bo, talk, tabs):
        before = dict(ana.app.extensions["linkmsg.hub"]._news)
        type_in(ana, talk)
        assert ana.app.extensions["linkmsg.hub"]._news == before

    def test_of_notes_is_seen_by_nobody(self, ana, tabs):
        notes = people.talk(ana, ana, "Buy bread")
        raw(tabs.ana)
        type_in(ana, notes)
        assert raw(tabs.ana) == raw(tabs.bo) == []


@pytest.mark.proof
@pytest.mark.parametrize("who", ["ana", "bo", "both"])
class TestWhileOneSharesNothing:
    """Either of the two has turned it off: then neither sees anything of the other."""

    @pytest.fixture
    def off(self, who, ana, bo, tabs):
        for person in {"ana": [ana], "bo": [bo], "both": [ana, bo]}[who]:
            share(person, reading=False)
        raw(tabs.ana), raw(tabs.bo)
        return who

    def test_no_frame_tells_who_types_or_has_read(self, off, ana, bo, talk, tabs):
        for one in (ana, bo):
            type_in(one, talk)
        assert raw(tabs.ana) == raw(tabs.bo) == []
        read(bo, talk)
        assert raw(tabs.ana) == []
        read(ana, talk)
        ana.send(talk, "Lunch?")
        bo.send(talk, "Yes")
        for frames in (heard(tabs.ana), heard(tabs.bo)):
            assert "Lunch?" in frames
            assert "is typing" not in frames
            assert f'id="receipt-{talk}"' not in frames
            assert "Read <time" not in frames

    def test_what_was_read_then_is_never_told_later(self, off, ana, bo, talk, tabs):
        read(bo, talk)
        share(ana)
        share(bo)
        bo.post(f"/messaging/{talk}/unread")
        read(bo, talk)
        ana.send(talk, "Lunch?")
        assert "Lunch?" in (frames := heard(tabs.ana))
        assert "Read <time" not in frames
        assert "Read <time" not in ana.get(f"/messaging/{talk}").text
        read(bo, talk)
        assert 'data-seq="3">Read <time' in heard(tabs.ana)
        assert "Read <time" in ana.get(f"/messaging/{talk}").text


def test_a_switch_that_is_turned_sends_the_pages_of_both_to_ask_anew(ana, tabs):
    share(ana, reading=False)
    assert raw(tabs.ana) == raw(tabs.bo) == [LOOK]
    assert raw(tabs.cy) == []
