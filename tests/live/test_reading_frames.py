"""Reading and typing: who gets frames of it, and who must not."""

import re

import pytest

from linkmsg.live.hub import REFRESH
from tests import people
from tests.support.listeners import read, share, take_frames, take_html, type_in, unread_in


class TestReading:
    def test_sends_the_reader_a_row_and_the_author_a_receipt(self, bo, talk, tabs):
        read(bo, talk)
        reader_html, author_html = take_html(tabs.bo), take_html(tabs.ana)
        assert f'hx-target="#row-{talk}"' in reader_html
        assert unread_in(reader_html) == "0"
        assert "receipt" not in reader_html
        assert re.search(rf'id="receipt-{talk}" data-seq="1">Read <time', author_html)
        assert "#row-" not in author_html
        assert take_frames(tabs.cy) == []

    def test_again_goes_to_nobody(self, bo, talk, tabs):
        read(bo, talk)
        assert take_html(tabs.bo)
        assert take_html(tabs.ana)
        read(bo, talk)
        assert take_frames(tabs.bo) == take_frames(tabs.ana) == []

    def test_undone_goes_to_the_readers_own_tabs_only(self, bo, talk, tabs):
        read(bo, talk)
        take_html(tabs.bo), take_html(tabs.ana)
        bo.post(f"/messaging/{talk}/unread")
        assert unread_in(take_html(tabs.bo)) == "1"
        assert take_frames(tabs.ana) == take_frames(tabs.cy) == []

    def test_after_marking_unread_sends_no_second_receipt(self, bo, talk, tabs):
        read(bo, talk)
        bo.post(f"/messaging/{talk}/unread")
        take_frames(tabs.ana)
        read(bo, talk)
        assert take_frames(tabs.ana) == []


class TestTyping:
    def test_goes_to_the_peer_only(self, ana, talk, tabs):
        assert ana.post(f"/messaging/{talk}/typing").status_code == 204
        assert "Ana</bdi> is typing…" in take_html(tabs.bo)
        assert take_frames(tabs.ana) == take_frames(tabs.cy) == []

    def test_is_sent_once_for_many_keys(self, ana, talk, tabs):
        for _ in range(5):
            assert ana.post(f"/messaging/{talk}/typing").status_code == 204
        assert len(take_frames(tabs.bo)) == 1

    def test_of_a_stranger_goes_to_nobody(self, cy, talk, tabs):
        assert cy.post(f"/messaging/{talk}/typing").status_code == 404
        assert take_frames(tabs.bo) == take_frames(tabs.ana) == take_frames(tabs.cy) == []

    def test_is_no_news_to_catch_up_with(self, ana, bo, talk, tabs):
        before = dict(ana.app.extensions["linkmsg.hub"]._news)
        type_in(ana, talk)
        assert ana.app.extensions["linkmsg.hub"]._news == before

    def test_in_own_notes_goes_to_nobody(self, ana, tabs):
        notes = people.talk(ana, ana, "Buy bread")
        take_frames(tabs.ana)
        type_in(ana, notes)
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == []


@pytest.mark.proof
@pytest.mark.parametrize("who", ["ana", "bo", "both"])
class TestWithoutSharing:
    """One of the two has turned sharing off: then neither sees anything of the other."""

    @pytest.fixture
    def off(self, who, ana, bo, tabs):
        for person in {"ana": [ana], "bo": [bo], "both": [ana, bo]}[who]:
            share(person, reading=False)
        take_frames(tabs.ana), take_frames(tabs.bo)
        return who

    def test_no_frame_reveals_typing_or_reading(self, off, ana, bo, talk, tabs):
        for one in (ana, bo):
            type_in(one, talk)
        assert take_frames(tabs.ana) == take_frames(tabs.bo) == []
        read(bo, talk)
        assert take_frames(tabs.ana) == []
        read(ana, talk)
        ana.send(talk, "Lunch?")
        bo.send(talk, "Yes")
        for frames in (take_html(tabs.ana), take_html(tabs.bo)):
            assert "Lunch?" in frames
            assert "is typing" not in frames
            assert f'id="receipt-{talk}"' not in frames
            assert "Read <time" not in frames

    def test_reading_of_that_time_is_never_revealed_later(self, off, ana, bo, talk, tabs):
        read(bo, talk)
        share(ana)
        share(bo)
        bo.post(f"/messaging/{talk}/unread")
        read(bo, talk)
        ana.send(talk, "Lunch?")
        assert "Lunch?" in (frames := take_html(tabs.ana))
        assert "Read <time" not in frames
        assert "Read <time" not in ana.get(f"/messaging/{talk}").text
        read(bo, talk)
        assert 'data-seq="3">Read <time' in take_html(tabs.ana)
        assert "Read <time" in ana.get(f"/messaging/{talk}").text


def test_changed_sharing_refreshes_the_pages_of_both(ana, tabs):
    share(ana, reading=False)
    assert take_frames(tabs.ana) == take_frames(tabs.bo) == [REFRESH]
    assert take_frames(tabs.cy) == []
