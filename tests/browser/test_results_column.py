"""On a wide screen results come in the left column, and a hit opens beside them."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.accessibility import accessibility_errors
from tests.support.database_rows import add_correspondents
from tests.support.window import Window


def hits(window: Window) -> Locator:
    """Return the links of the hits."""
    return window.page.locator("#results .hit a")


def expect_open(window: Window, text: str, count: str, address: str) -> None:
    """Assert that a hit is open beside the results, and that the address names both."""
    expect(window.page.locator(".msg.marked")).to_contain_text(text)
    expect(window.page.locator(".msg.marked")).to_be_in_viewport()
    expect(window.page.locator("#results .hit [aria-current]")).to_contain_text(text)
    expect(window.page.get_by_role("group", name="Search results")).to_contain_text(count)
    expect(window.page).to_have_url(re.compile(re.escape(address) + "$"))


def search_from_thread(browse: Browse, ana: Person, talk: int) -> Window:
    """Open a conversation with its inbox scrolled down, and search by keyboard."""
    window = browse(ana).open(f"/messaging/{talk}")
    window.field.fill("Half a thought")
    window.page.evaluate("document.querySelector('#rows').scrollTop = 200")
    window.page.keyboard.press("Control+k")
    window.page.keyboard.type("hello")
    expect(hits(window).first).to_be_visible()
    return window


def test_inbox_comes_back_as_it_was(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 14)
    window = search_from_thread(browse, ana, talk)
    page, keyboard = window.page, window.page.keyboard
    expect(window.rows.first).to_be_hidden()
    expect(page).to_have_url(re.compile(rf"/search\?q=hello&open={talk}$"))
    expect(window.texts).to_have_text(["Hello Bo", "Hello Ana"])
    expect(window.field).to_have_value("Half a thought")
    for leave in ("Escape", "Backspace"):
        if leave == "Backspace":
            keyboard.type("hello")
            expect(hits(window).first).to_be_visible()
            keyboard.press("Control+a")
        keyboard.press(leave)
        expect(window.row("Friend05")).to_be_visible()
        expect(page.get_by_role("searchbox", name="Search messages")).to_be_focused()
        expect(page).to_have_url(re.compile(rf"/messaging/{talk}$"))
        assert page.locator("#rows").evaluate("box => box.scrollTop") == 200
    expect(window.field).to_have_value("Half a thought")
    keyboard.press("ArrowDown")
    expect(window.row("Friend13")).to_be_focused()


def test_hits_open_beside_the_results(browse: Browse, ana: Person, bo: Person, talk: int) -> None:
    people.talk(bo, ana, *(f"Between {number}" for number in range(30)), "Hello again")
    window = search_from_thread(browse, ana, talk)
    page, keyboard = window.page, window.page.keyboard
    expect(hits(window)).to_have_count(3)
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    address = f"/search?q=hello&open={talk}&at="
    expect_open(window, "Hello again", "1 of 3", f"{address}33")
    expect(window.button("Previous result")).to_be_disabled()
    keyboard.press("Alt+ArrowDown")
    expect_open(window, "Hello Ana", "2 of 3", f"{address}2")
    window.button("Next result").press("Enter")
    expect_open(window, "Hello Bo", "3 of 3", f"{address}1")
    keyboard.press("Alt+ArrowDown")
    expect(page.locator("#announce")).to_have_text("This is the last result.")
    window.button("Previous result").press("Enter")
    expect_open(window, "Hello Ana", "2 of 3", f"{address}2")
    expect(window.button("Previous result")).to_be_focused()
    page.reload()
    expect_open(window, "Hello Ana", "2 of 3", f"{address}2")
    page.go_back()
    expect_open(window, "Hello Bo", "3 of 3", f"{address}1")
    page.locator(".msg.marked").focus()
    keyboard.press("Escape")
    expect(hits(window).last).to_be_focused()
    keyboard.press("Escape")
    keyboard.press("Escape")
    expect(window.row("Bo Lindqvist")).to_have_attribute("aria-current", "page")
    expect(page).to_have_url(re.compile(rf"/messaging/{talk}\?at=1&q=hello$"))
    expect(page.locator(".msg.marked")).to_be_in_viewport()


def test_next_result_loads_more_results(browse: Browse, ana: Person, bo: Person) -> None:
    talk = people.talk(bo, ana, *(f"Ferry number {number}" for number in range(1, 23)))
    window = browse(ana).open("/search?q=ferry")
    hits(window).last.click()
    expect_open(window, "Ferry number 3", "20 of 22", f"open={talk}&at=3")
    window.page.keyboard.press("Alt+ArrowDown")
    expect_open(window, "Ferry number 2", "21 of 22", f"shown=22&open={talk}&at=2")
    expect(hits(window)).to_have_count(22)


def test_filters_work_in_the_column(browse: Browse, ana: Person, talk: int) -> None:
    window = search_from_thread(browse, ana, talk)
    page = window.page
    page.locator(".pill", has_text="From me").click()
    expect(hits(window)).to_have_text([re.compile("Hello Bo")])
    expect(page.locator("#list-q")).to_have_value("from:me hello")
    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("In conversations with").press_sequentially("lind")
    expect(page.get_by_role("option", name="Bo Lindqvist")).to_be_visible()
    assert accessibility_errors(page) == []
    page.get_by_label("In conversations with").press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("In conversations with")).to_have_value("@bo-lindqvist")
    page.keyboard.press("Enter")
    expect(page.locator("#list-q")).to_have_value("with:@bo-lindqvist from:me hello")
    expect(page.locator(".pill.on", has_text="With Bo Lindqvist")).to_be_visible()
    expect(hits(window)).to_have_count(1)
    expect(window.texts.first).to_be_visible()
    window.link("Close search").click()
    expect(window.row("Bo Lindqvist")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_phone_searches_on_its_own_page(
    browse: Browse, ana: Person, talk: int, scripts: bool
) -> None:
    window = browse(ana, phone=True, scripts=scripts).open("/messaging")
    field = window.page.get_by_role("searchbox", name="Search messages")
    field.fill("hello")
    expect(window.row("Bo Lindqvist")).to_be_visible()
    field.press("Enter")
    expect(hits(window)).to_have_count(2)
    expect(window.page).to_have_url(re.compile(r"/search\?q=hello$"))
    hits(window).first.tap()
    expect(window.page.locator(".msg.marked")).to_be_in_viewport()
    expect(window.page.locator("#list")).to_be_hidden()
    window.link("Back to results").tap()
    expect(hits(window)).to_have_count(2)


def test_typed_search_survives_fields_being_emptied(browse: Browse, ana: Person, talk: int) -> None:
    """WebKit empties fields without autocompletion after it has shown a page again."""
    window = search_from_thread(browse, ana, talk)
    window.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    window.page.evaluate(
        """() => {
            dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
            document.querySelector("#search").reset();
        }"""
    )
    expect(window.page.locator("#list-q")).to_have_value("hello")
