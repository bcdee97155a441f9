"""People are chosen by keyboard, and screen readers hear the list."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.accessibility import accessibility_errors
from tests.support.window import Window


@pytest.fixture
def berts(ana: Person) -> list[Person]:
    """Connect Ana with two people whose names begin alike."""
    both = [people.join(ana.app, name) for name in ("Berta Aalto", "Bertil Zuse")]
    for each in both:
        people.connect(ana, each)
    return both


def chosen(window: Window) -> Locator:
    """Return the option that Enter would choose, if the field names one."""
    return window.page.get_by_role("option", selected=True)


def test_recipient_is_chosen_by_keyboard(browse: Browse, ana: Person, berts: list[Person]) -> None:
    window = browse(ana).open("/messaging/new")
    field = window.page.get_by_role("combobox", name="To")
    keyboard = window.page.keyboard
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(chosen(window)).to_have_count(0)
    keyboard.type("bert")
    expect(window.page.locator("#to-hint")).to_have_text("2 people match “bert”")
    options = window.page.get_by_role("listbox", name="People").get_by_role("option")
    expect(chosen(window)).to_have_text(re.compile("Berta Aalto"))
    assert accessibility_errors(window.page) == []
    for key, name in [("ArrowDown", "Zuse"), ("ArrowDown", "Aalto"), ("ArrowUp", "Zuse")]:
        keyboard.press(key)
        expect(chosen(window)).to_have_text(re.compile(name))
        expect(field).to_be_focused()
    identifier = chosen(window).get_attribute("id")
    expect(field).to_have_attribute("aria-activedescendant", identifier or "")
    keyboard.press("Home")
    keyboard.type("B")
    expect(field).to_have_value("Bbert")
    keyboard.press("Backspace")
    expect(options).to_have_count(2)
    keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(options).to_have_count(0)
    keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(chosen(window)).to_have_text(re.compile("Berta Aalto"))
    keyboard.press("Tab")
    expect(window.link("Berta Aalto , choose someone else")).to_be_visible()


def test_escape_closes_the_list_then_clears(
    browse: Browse, ana: Person, berts: list[Person]
) -> None:
    window = browse(ana).open("/messaging/new?q=zuse")
    field = window.page.get_by_role("combobox", name="To")
    expect(chosen(window)).to_have_text(re.compile("Bertil Zuse"))
    field.press("Escape")
    expect(field).to_have_value("zuse")
    field.press("Escape")
    expect(field).to_have_value("")
    expect(window.page.get_by_role("option")).to_have_count(2)
    field.press("Tab")
    expect(field).not_to_be_focused()
    expect(window.page).to_have_url(re.compile("/messaging/new"))


def test_enter_waits_for_the_list_that_was_asked_for(
    browse: Browse, ana: Person, berts: list[Person]
) -> None:
    window = browse(ana).open("/messaging/new")
    expect(window.page.get_by_role("combobox", name="To")).to_be_focused()
    with window.hold_requests("**/messaging/new?q=zuse"):
        window.page.keyboard.type("zuse")
        window.page.keyboard.press("Enter")
        expect(window.page.locator("[aria-busy=true]")).to_be_attached()
    expect(window.link("Bertil Zuse , choose someone else")).to_be_visible()


def test_arrows_move_through_found_people(browse: Browse, ana: Person, berts: list[Person]) -> None:
    window = browse(ana).open("/people")
    field = window.page.get_by_role("searchbox", name="Search people")
    field.press_sequentially("bert")
    expect(window.page.locator("#announce")).to_have_text("2 people match “bert”")
    field.press("ArrowDown")
    expect(window.page.locator(".person .name").first).to_be_focused()
    window.page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
