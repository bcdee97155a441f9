"""The hub: who is connected, who has to catch up, and how connections are closed."""

import pytest

from linkmsg.live.connection import (
    CLOSE_CATCH_UP,
    CLOSE_RESTARTING,
    CLOSE_SIGNED_OUT,
    CLOSE_TOO_MANY,
    MAX_QUEUED,
    TabConnection,
)
from linkmsg.live.hub import CATCH_UP, Hub
from tests.support.listeners import take_frames

ANA, BO, CY = 1, 2, 3
BEFORE, NEWS = 7, 8


@pytest.fixture
def hub():
    """A hub with room for three tabs."""
    return Hub(3)


def joined(hub, member_id, session_id=1, snapshot=NEWS, tab="", *, is_visible=True):
    """Connect a tab, which the hub has room for."""
    line = TabConnection(member_id, session_id, tab, is_visible=is_visible)
    assert hub.add(line, snapshot)
    return line


def test_frame_goes_to_all_tabs_of_a_member_only(hub):
    tabs = [joined(hub, ANA), joined(hub, ANA), joined(hub, BO)]
    hub.send(ANA, "a frame")
    assert [take_frames(each) for each in tabs] == [["a frame"], ["a frame"], []]


def test_removed_tab_gets_no_frame(hub):
    first, second = joined(hub, ANA), joined(hub, ANA)
    hub.remove(first)
    hub.send(ANA, "a frame")
    assert (take_frames(first), take_frames(second)) == ([], ["a frame"])
    assert (hub.connected_members(), hub.size) == ({ANA}, 1)
    hub.remove(second)
    assert (hub.connected_members(), hub.size) == (set(), 0)
    hub.send(ANA, "a frame")


def test_full_hub_has_no_room_until_a_tab_leaves(hub):
    tabs = [joined(hub, each) for each in (ANA, BO, CY)]
    assert not hub.has_room
    assert not hub.add(TabConnection(ANA, 1), NEWS)
    assert len(hub.connections()) == hub.size == 3
    hub.remove(tabs[0])
    assert joined(hub, ANA)


@pytest.mark.parametrize(
    ("visible", "displaced"), [((1, 1, 1), 0), ((1, 0, 0), 1), ((0, 1, 1), 0), ((1, 1, 0), 2)]
)
def test_oldest_hidden_tab_is_displaced_or_else_the_oldest(visible, displaced):
    hub = Hub(10, member_capacity=3)
    tabs = [joined(hub, ANA, is_visible=bool(each)) for each in visible]
    other = joined(hub, BO)
    assert not hub.has_room_for(ANA)
    newest = joined(hub, ANA)
    codes = [CLOSE_TOO_MANY if each == displaced else None for each in range(3)]
    assert [each.close_code for each in tabs] == codes
    assert (newest.close_code, other.close_code, hub.has_room_for(BO)) == (None, None, True)


def test_closing_tab_does_not_count_toward_its_member():
    hub = Hub(10, member_capacity=1)
    first, second = joined(hub, ANA), joined(hub, ANA)
    second.close(CLOSE_CATCH_UP)
    assert hub.has_room_for(ANA)
    third = joined(hub, ANA)
    codes = [first.close_code, second.close_code, third.close_code]
    assert codes == [CLOSE_TOO_MANY, CLOSE_CATCH_UP, None]
    for each in (second, first):
        hub.remove(each)
    assert (hub.size, hub.has_room_for(ANA)) == (1, False)


def test_recording_news_returns_connected_members(hub):
    joined(hub, BO)
    assert hub.record_news([ANA, BO], NEWS) == [BO]


def test_page_from_before_the_news_has_to_catch_up(hub):
    hub.record_news([ANA], NEWS)
    assert take_frames(joined(hub, ANA, snapshot=BEFORE)) == [CATCH_UP]
    assert take_frames(joined(hub, BO, snapshot=BEFORE)) == []
    assert take_frames(joined(hub, ANA)) == []


def test_page_of_an_unknown_snapshot_has_to_catch_up(hub):
    assert take_frames(joined(hub, ANA, snapshot=None)) == [CATCH_UP]


def test_tab_with_a_full_queue_is_closed_to_catch_up(hub):
    slow, quick = joined(hub, ANA), joined(hub, ANA)
    for number in range(MAX_QUEUED + 1):
        hub.send(ANA, f"frame {number}")
        take_frames(quick)
    assert (slow.close_code, quick.close_code) == (CLOSE_CATCH_UP, None)
    assert slow.next_frame() is None
    assert CLOSE_CATCH_UP == 1013


def test_frames_keep_their_order_until_the_close(hub):
    line = joined(hub, ANA)
    hub.send(ANA, "one")
    hub.send(ANA, "two")
    assert (line.next_frame(), line.next_frame()) == ("one", "two")
    hub.send(ANA, "three")
    line.close(CLOSE_SIGNED_OUT)
    assert line.next_frame() is None


def test_first_close_code_stays(hub):
    line = joined(hub, ANA)
    line.close(CLOSE_SIGNED_OUT)
    line.close(CLOSE_CATCH_UP)
    assert line.close_code == CLOSE_SIGNED_OUT


@pytest.mark.parametrize(
    ("which", "ended"),
    [
        ({}, {1, 2}),
        ({"except_session_id": 1}, {2}),
        ({"session_id": 2}, {2}),
        ({"session_id": 9}, set()),
    ],
)
def test_ended_sessions_close_their_tabs(hub, which, ended):
    tabs = [joined(hub, ANA, 1), joined(hub, ANA, 2), joined(hub, BO, 3)]
    hub.close_sessions(ANA, **which)
    assert {each.session_id for each in tabs if each.close_code == CLOSE_SIGNED_OUT} == ended


def test_sessions_that_were_not_checked_stay_open(hub):
    asked, alive, new = joined(hub, ANA, 1), joined(hub, BO, 2), joined(hub, CY, 3)
    hub.close_ended_sessions({1, 2}, {2})
    assert [each.close_code for each in (asked, alive, new)] == [CLOSE_SIGNED_OUT, None, None]


def test_disconnected_member_has_to_catch_up(hub):
    ana, bo = joined(hub, ANA), joined(hub, BO)
    hub.disconnect([ANA])
    assert (ana.close_code, bo.close_code) == (CLOSE_CATCH_UP, None)


def test_closing_hub_closes_all_tabs_and_takes_no_more(hub):
    tabs = [joined(hub, ANA), joined(hub, BO)]
    hub.close()
    assert [each.close_code for each in tabs] == [CLOSE_RESTARTING, CLOSE_RESTARTING]
    assert not hub.has_room
    assert not hub.add(TabConnection(CY, 1), NEWS)
    assert CLOSE_RESTARTING == 1012


def test_member_is_visible_while_one_of_their_tabs_is(hub):
    joined(hub, ANA, tab="one"), joined(hub, ANA, tab="two")
    hub.set_visible(ANA, "one", is_visible=False)
    assert hub.visible_members() == {ANA}
    hub.set_visible(BO, "two", is_visible=False)
    assert hub.visible_members() == {ANA}
    hub.set_visible(ANA, "two", is_visible=False)
    assert hub.visible_members() == set()
    hub.set_visible(ANA, "one", is_visible=True)
    assert hub.visible_members() == {ANA}


def test_messages_of_a_browser_are_counted_and_dropped(hub):
    line = joined(hub, ANA)
    for _ in range(3):
        line.append("said")
        line.set()
    assert (line.ignored, line.close_code) == (3, None)
    line.set()
    assert line.close_code == 0
