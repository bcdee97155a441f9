"""The hub: who is connected, who has missed something, and how lines end."""

import pytest

from linkmsg.live.connection import CATCH_UP, MOST, RESTARTING, SIGNED_OUT, TabConnection
from linkmsg.live.hub import MISSED, Hub
from tests.support.listeners import raw

ANA, BO, CY = 1, 2, 3
BEFORE, NEWS = 7, 8


@pytest.fixture
def hub():
    """A hub with room for three tabs."""
    return Hub(3)


def joined(hub, member_id, session_id=1, snapshot=NEWS, tab=""):
    """A line that has found room."""
    line = TabConnection(member_id, session_id, tab)
    assert hub.join(line, snapshot)
    return line


def test_all_tabs_of_a_member_hear_and_nobody_else(hub):
    tabs = [joined(hub, ANA), joined(hub, ANA), joined(hub, BO)]
    hub.push(ANA, "a frame")
    assert [raw(each) for each in tabs] == [["a frame"], ["a frame"], []]


def test_who_has_left_hears_nothing_and_is_not_connected(hub):
    first, second = joined(hub, ANA), joined(hub, ANA)
    hub.leave(first)
    hub.push(ANA, "a frame")
    assert (raw(first), raw(second)) == ([], ["a frame"])
    assert (hub.connected(), hub.size) == ({ANA}, 1)
    hub.leave(second)
    assert (hub.connected(), hub.size) == (set(), 0)
    hub.push(ANA, "a frame")


def test_a_full_hub_takes_nobody_until_one_leaves(hub):
    tabs = [joined(hub, each) for each in (ANA, BO, CY)]
    assert not hub.has_room
    assert not hub.join(TabConnection(ANA, 1), NEWS)
    assert len(hub.lines()) == hub.size == 3
    hub.leave(tabs[0])
    assert joined(hub, ANA)


def test_news_is_noted_for_all_and_those_who_are_connected_are_said(hub):
    joined(hub, BO)
    assert hub.note([ANA, BO], NEWS) == [BO]


def test_a_page_that_was_read_before_the_news_is_told_that_it_missed_something(hub):
    hub.note([ANA], NEWS)
    assert raw(joined(hub, ANA, snapshot=BEFORE)) == [MISSED]
    assert raw(joined(hub, BO, snapshot=BEFORE)) == []
    assert raw(joined(hub, ANA)) == []


def test_a_page_of_an_unknown_snapshot_has_always_missed_something(hub):
    assert raw(joined(hub, ANA, snapshot=None)) == [MISSED]


def test_a_line_that_is_full_ends_and_is_sent_to_catch_up(hub):
    slow, quick = joined(hub, ANA), joined(hub, ANA)
    for number in range(MOST + 1):
        hub.push(ANA, f"frame {number}")
        raw(quick)
    assert (slow.code, quick.code) == (CATCH_UP, None)
    assert slow.next() is None
    assert CATCH_UP == 1013


def test_what_waits_is_given_in_its_order_until_the_line_ends(hub):
    line = joined(hub, ANA)
    hub.push(ANA, "one")
    hub.push(ANA, "two")
    assert (line.next(), line.next()) == ("one", "two")
    hub.push(ANA, "three")
    line.end(SIGNED_OUT)
    assert line.next() is None


def test_the_first_reason_to_end_is_the_one_that_is_told(hub):
    line = joined(hub, ANA)
    line.end(SIGNED_OUT)
    line.end(CATCH_UP)
    assert line.code == SIGNED_OUT


@pytest.mark.parametrize(
    ("which", "ended"),
    [({}, {1, 2}), ({"but": 1}, {2}), ({"only": 2}, {2}), ({"only": 9}, set())],
)
def test_sessions_that_end_take_their_tabs_along(hub, which, ended):
    tabs = [joined(hub, ANA, 1), joined(hub, ANA, 2), joined(hub, BO, 3)]
    hub.end_sessions(ANA, **which)
    assert {each.session_id for each in tabs if each.code == SIGNED_OUT} == ended


def test_only_sessions_that_were_asked_about_are_missed(hub):
    asked, alive, new = joined(hub, ANA, 1), joined(hub, BO, 2), joined(hub, CY, 3)
    hub.keep({1, 2}, {2})
    assert [each.code for each in (asked, alive, new)] == [SIGNED_OUT, None, None]


def test_those_who_are_dropped_are_sent_to_catch_up_and_others_stay(hub):
    ana, bo = joined(hub, ANA), joined(hub, BO)
    hub.drop([ANA])
    assert (ana.code, bo.code) == (CATCH_UP, None)


def test_a_hub_that_closes_ends_all_lines_and_takes_no_more(hub):
    tabs = [joined(hub, ANA), joined(hub, BO)]
    hub.close()
    assert [each.code for each in tabs] == [RESTARTING, RESTARTING]
    assert not hub.has_room
    assert not hub.join(TabConnection(CY, 1), NEWS)
    assert RESTARTING == 1012


def test_a_member_looks_while_one_of_her_tabs_is_looked_at(hub):
    joined(hub, ANA, tab="one"), joined(hub, ANA, tab="two")
    hub.look(ANA, "one", looking=False)
    assert hub.looking() == {ANA}
    hub.look(BO, "two", looking=False)
    assert hub.looking() == {ANA}
    hub.look(ANA, "two", looking=False)
    assert hub.looking() == set()
    hub.look(ANA, "one", looking=True)
    assert hub.looking() == {ANA}


def test_what_a_browser_says_is_counted_and_when_its_thread_ends_so_does_the_line(hub):
    line = joined(hub, ANA)
    for _ in range(3):
        line.append("said")
        line.set()
    assert (line.ignored, line.code) == (3, None)
    line.set()
    assert line.code == 0
