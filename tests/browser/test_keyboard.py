"""The app is usable by keyboard alone."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import PASSWORD, Person
from tests.support.database_rows import add_correspondents, message_bodies
from tests.support.window import Window

# Whether the focused element or one around it draws a focus ring.
HAS_RING = """() => {
    const rings = (element, part) => getComputedStyle(element, part).outlineStyle !== "none";
    const focused = document.activeElement;
    for (let at = focused; at && at !== document.body; at = at.parentElement) {
        if (rings(at) || (at === focused && rings(at, "::after"))) return true;
    }
    return false;
}"""
WHAT = "() => document.activeElement.outerHTML.slice(0, 120)"


def tab_to(window: Window, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(40):
        window.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {target}")


def test_keyboard_alone_signs_in_and_sends(browse: Browse, ana: Person, talk: int) -> None:
    window = browse().open("/sign-in")
    page, keyboard = window.page, window.page.keyboard
    tab_to(window, page.get_by_label("Email"))
    keyboard.type(ana.email)
    tab_to(window, page.get_by_label("Password"))
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect(window.row("Bo Lindqvist")).to_be_visible()
    tab_to(window, window.row("Bo Lindqvist"))
    keyboard.press("Enter")
    expect(window.field).to_be_focused()
    keyboard.type("No mouse here")
    keyboard.press("Enter")
    expect(window.texts.last).to_have_text("No mouse here")
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["No mouse here"]
    keyboard.type("By button")
    tab_to(window, window.send_button)
    keyboard.press("Enter")
    expect(window.texts.last).to_have_text("By button")


def test_first_tab_offers_skip_link(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open("/messaging")
    window.page.keyboard.press("Tab")
    expect(window.link("Skip to content")).to_be_focused()
    expect(window.link("Skip to content")).to_be_in_viewport()
    window.page.keyboard.press("Enter")
    window.page.keyboard.press("Tab")
    expect(window.page.locator("#main :focus")).to_be_attached()
    expect(window.page.locator("nav.rail :focus")).to_have_count(0)


def test_arrow_keys_move_through_the_inbox(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 3)
    window = browse(ana).open("/messaging")
    window.row("Friend02").focus()
    for key, name in [
        ("ArrowUp", "Friend02"),
        ("ArrowDown", "Friend01"),
        ("End", "Bo Lindqvist"),
        ("ArrowDown", "Bo Lindqvist"),
        ("Home", "Friend02"),
        ("ArrowDown", "Friend01"),
    ]:
        window.page.keyboard.press(key)
        expect(window.row(name)).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(window.texts).to_have_text(["Hello from 1"])


def test_escape_leaves_menu_then_composer_then_thread(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    keyboard, menu = window.page.keyboard, window.page.locator("#thread .menu")
    window.button("More").focus()
    keyboard.press("Enter")
    expect(menu).to_be_visible()
    keyboard.press("Tab")
    expect(menu.get_by_role("link", name="View profile")).to_be_focused()
    keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(window.button("More")).to_be_focused()
    window.field.focus()
    keyboard.press("Escape")
    expect(window.log).to_be_focused()
    keyboard.press("Escape")
    expect(window.page).to_have_url(re.compile("/messaging$"))


def test_escape_only_closes_menu_when_module_loads_late(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    keyboard, menu = window.page.keyboard, window.page.locator("#thread .menu")
    with window.hold_requests("**/js/shell/shortcut_actions.js"):
        window.button("More").click()
        expect(menu).to_be_visible()
        keyboard.press("Escape")
        expect(menu).to_be_hidden()
    keyboard.press("Tab")
    window.field.focus()
    keyboard.press("Escape")
    expect(window.log).to_be_focused()


def test_every_focused_element_shows_a_focus_ring(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window, blind = browse(ana), []
    for address in (f"/messaging/{talk}", "/network", f"/in/{bo.handle}", "/settings/appearance"):
        window.open(address)
        reached = set()
        for _ in range(40):
            window.page.keyboard.press("Tab")
            place = window.page.evaluate(WHAT)
            if place in reached or place.startswith("<body"):
                break
            reached.add(place)
            if not window.page.evaluate(HAS_RING):
                blind.append((address, place))
        assert len(reached) > 6
    assert blind == []


@pytest.mark.parametrize("key", [".", "Shift+F10", "ContextMenu"])
def test_key_opens_the_menu_of_a_row(browse: Browse, ana: Person, talk: int, key: str) -> None:
    ana.post(f"/messaging/{talk}/read", seq=2)
    window = browse(ana).open("/messaging")
    row, menu = window.row("Bo Lindqvist"), window.page.locator("#row-menu")
    row.focus()
    window.page.keyboard.press("ArrowDown")
    window.page.keyboard.press(key)
    expect(menu.get_by_role("link", name="View profile")).to_be_focused()
    window.page.keyboard.press("Escape")
    expect(row).to_be_focused()
    window.page.keyboard.press(key)
    expect(menu.get_by_role("link", name="View profile")).to_be_focused()
    window.page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("button", name="Mark as unread")).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(row).to_contain_text("1 unread")
    expect(row).to_be_focused()


def test_rows_are_one_tab_stop_each(browse: Browse, ana: Person, talk: int) -> None:
    stops = browse(ana).open("/messaging").rows.first.locator("a, button")
    tabs = stops.evaluate_all("all => all.filter(({ tabIndex }) => tabIndex >= 0).length")
    assert tabs == 1


def test_focus_stays_in_row_that_moves_up(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    ana.post(f"/messaging/{talk}/read", seq=2)
    window = browse(ana).open("/messaging")
    window.expect_live()
    window.row("Bo Lindqvist").focus()
    people.talk(bo, ana, "While you were there")
    expect(window.row("Bo Lindqvist")).to_contain_text("1 unread")
    expect(window.row("Bo Lindqvist")).to_be_focused()
