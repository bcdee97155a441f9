"""Search in the browser: while typing, by filters, by keyboard, and after Back."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from linkmsg import clock
from linkmsg.db import db
from linkmsg.models import Conversation, Message, Participation
from linkmsg.search.feed.indexer import Rebuild
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.window import Window

LONG = 5000


def found(window: Window) -> Locator:
    """Return the links of the hits."""
    return window.page.locator("#results .hit a")


def box(window: Window) -> Locator:
    return window.page.get_by_role("searchbox", name="Search messages")


@pytest.fixture
def fill_conversation(app: Flask, ana: Person, bo: Person) -> int:
    """Return a conversation of 5,000 messages with one lantern in the middle."""
    talk = people.talk(ana, bo, "The first word")
    with app.app_context():
        last = db.session.scalar(db.select(Message.change).order_by(Message.id.desc())) or 0
        rows = [
            {
                "conversation_id": talk,
                "seq": seq,
                "revision": seq,
                "change": last + seq,
                "kind": "text",
                "author_id": (ana if seq % 2 else bo).id,
                "nonce": people.nonce(),
                "body": f"Number {seq}" + (" by the red lantern" if seq == LONG // 2 else ""),
                "attached": "",
                "created_at": clock.now(),
            }
            for seq in range(2, LONG + 1)
        ]
        db.session.execute(db.insert(Message), rows)
        newest = db.session.scalar(db.select(Message.id).order_by(Message.id.desc()))
        numbers = {"last_seq": LONG, "revision": LONG}
        db.session.execute(db.update(Conversation).where(Conversation.id == talk).values(numbers))
        db.session.execute(db.update(Participation).values(last_message_id=newest))
        db.session.commit()
        for _ in Rebuild(app.extensions["linkmsg.search"]).run():
            pass
    return talk


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_search_leads_into_a_long_thread_and_back(
    browse: Browse, ana: Person, bo: Person, fill_conversation: int, scripts: bool
) -> None:
    people.talk(bo, ana, "A lantern of another colour")
    window = browse(ana, scripts=scripts).open("/messaging")
    page = window.page
    page.get_by_role("link", name="Search", exact=True).click()
    if scripts:
        box(window).press_sequentially("lanter")
    else:
        box(window).fill("lanter")
        box(window).press("Enter")
    expect(found(window)).to_have_count(2)
    expect(found(window).locator("mark")).to_have_text(["lantern", "lantern"])
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("In conversations with").fill("Bo")
    page.get_by_role("button", name="Apply filters").click()
    expect(box(window)).to_have_value('with:"Bo" lanter')
    expect(found(window)).to_have_count(2)
    expect(found(window).locator("mark")).to_have_text(["lantern", "lantern"])
    page.locator("#results .pills a", has_text="With Bo").click()
    expect(box(window)).to_have_value("lanter")
    found(window).last.click()
    marked = page.locator(".msg.marked")
    expect(marked).to_contain_text("by the red lantern")
    expect(marked).to_be_in_viewport()
    expect(page.get_by_text(f"Number {LONG // 2 - 1}", exact=True)).to_be_in_viewport()
    page.go_back()
    expect(box(window)).to_have_value("lanter")
    expect(found(window)).to_have_count(2)


def test_expanded_results_are_restored_by_back(browse: Browse, ana: Person, bo: Person) -> None:
    people.talk(bo, ana, *(f"Ferry number {number}" for number in range(1, 46)))
    window = browse(ana).open("/search?q=ferry")
    window.page.get_by_role("link", name="Show more").press("Enter")
    expect(found(window)).to_have_count(40)
    expect(found(window).nth(20)).to_be_focused()
    expect(window.page.locator("#announce")).to_have_text("20 more")
    found(window).nth(35).click()
    expect(window.page.locator(".msg.marked")).to_be_in_viewport()
    window.page.go_back()
    expect(found(window)).to_have_count(40)
    expect(found(window).nth(35)).to_be_in_viewport()


def test_text_typed_before_scripts_load_is_searched(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana)
    with window.hold_requests("**/js/search/live_search.js"):
        window.page.goto("/search", wait_until="commit")
        box(window).press_sequentially("hello")
        expect(found(window)).to_have_count(0)
    expect(found(window)).to_have_count(2)


def test_newest_search_answer_wins(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open("/search")
    window.expect_error("net::ERR", "aborted")
    with window.hold_requests(re.compile(r"/search\?q=hel(&|$)")) as held:
        box(window).press_sequentially("hel")
        window.wait_until(lambda: bool(held))
        box(window).press_sequentially("zz")
        expect(window.page.get_by_text("Nothing found").first).to_be_visible()
    assert held
    window.page.wait_for_timeout(300)
    expect(found(window)).to_have_count(0)


def test_search_works_by_keyboard(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/in/{ana.handle}")
    keyboard = window.page.keyboard
    keyboard.press("Control+k")
    expect(box(window)).to_be_focused()
    keyboard.type("hello")
    expect(found(window)).to_have_count(2)
    keyboard.press("ArrowDown")
    expect(found(window).first).to_be_focused()
    keyboard.press("ArrowDown")
    expect(found(window).last).to_be_focused()
    keyboard.press("Escape")
    expect(box(window)).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(window.page.locator(".msg.marked")).to_contain_text("Hello Ana")


def test_slash_opens_search_unless_disabled(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    page = window.page
    window.field.press("/")
    expect(window.field).to_have_value("/")
    window.log.focus()
    page.keyboard.press("/")
    expect(page.locator("#list-q")).to_be_focused()
    expect(page.locator("#list-q")).to_have_value("")
    window.open("/settings/appearance")
    page.get_by_label("Press / to search").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    window.open(f"/messaging/{talk}")
    window.log.focus()
    page.keyboard.press("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#list-q")).to_be_focused()


def test_focus_returns_to_filters_and_results(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open("/search?q=hello")
    page = window.page
    page.locator(".pill", has_text="From me").press("Enter")
    expect(page.locator(".pill.on", has_text="From me")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".pill:not(.on)", has_text="From me")).to_be_focused()
    found(window).nth(1).press("Enter")
    expect(page.locator(".msg.marked")).to_be_focused()
    page.go_back()
    expect(found(window).nth(1)).to_be_focused()


def test_recent_searches_list_the_last_one_until_cleared(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open("/search")
    for letter in "hello":
        with window.page.expect_response("**/search?**"):  # one search for each letter
            box(window).press(letter)
    expect(found(window)).to_have_count(2)
    found(window).first.click()
    expect(window.page.locator(".msg.marked")).to_be_visible()
    window.open("/search")
    kept = window.page.locator(".recent a")
    expect(kept).to_have_text(["hello"])
    window.button("Clear").click()
    expect(kept).to_have_count(0)


def test_conversation_is_searched_from_its_header(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    window.link("Search in this conversation").click()
    box(window).press_sequentially("hello")
    expect(found(window)).to_have_count(2)
    expect(window.page.locator(".pill.on")).to_contain_text("This conversation: Bo")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_people_are_suggested_behind_an_operator(
    browse: Browse, ana: Person, bo: Person, talk: int, scripts: bool
) -> None:
    window = browse(ana, scripts=scripts).open("/search")
    box(window).press_sequentially("from:")
    if not scripts:
        box(window).press("Enter")
    expect(window.page.get_by_role("heading", name="Who sent it?")).to_be_visible()
    if scripts:
        field = window.page.get_by_role("combobox", name="Search messages")
        expect(window.page.locator("#announce")).to_have_text("Who sent it? 1 suggestion")
        window.page.keyboard.press("ArrowDown")
        expect(window.page.get_by_role("option", selected=True)).to_have_text("From Bo Lindqvist")
        expect(field).to_be_focused()
        window.page.keyboard.press("Enter")
    else:
        window.link("From Bo Lindqvist").click()
    expect(box(window)).to_have_value(f"from:@{bo.handle}")
    expect(found(window)).to_have_text([re.compile("Hello Ana")])


def test_failed_search_marks_results_old_and_retries(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open("/search?q=hello")
    window.expect_error("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "WebSocket")
    stale = window.page.locator("#results[aria-busy=true]")
    expect(found(window)).to_have_count(2)
    window.page.context.set_offline(True)
    box(window).fill("ana")
    expect(window.page.get_by_text("Couldn’t search: the server can’t be reached.")).to_be_visible()
    expect(stale).to_have_count(1)
    expect(found(window)).to_have_count(2)
    window.page.context.set_offline(False)
    expect(found(window)).to_have_text([re.compile("Hello Ana")])
    expect(stale).to_have_count(0)
