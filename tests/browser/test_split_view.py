"""A thread opens beside the inbox on wide screens and alone on phones."""

import re

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import add_correspondents
from tests.support.window import Window


def scrolled(window: Window) -> float:
    top: float = window.page.locator("#rows").evaluate("box => box.scrollTop")
    return top


def expect_thread(window: Window, name: str, address: str) -> None:
    """Assert that heading, address, title and row show the open thread."""
    expect(window.page.get_by_role("heading", name=name)).to_be_visible()
    expect(window.page).to_have_url(address)
    expect(window.page).to_have_title(re.compile(rf"^(\(\d+\) )?{name} · linkmsg$"))
    expect(window.rows.locator("[aria-current=page]")).to_have_count(1)
    expect(window.row(name)).to_have_attribute("aria-current", "page")


def test_thread_opens_beside_list_and_history_works(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 14)
    window = browse(ana).open(f"/messaging/{talk}")
    page, first = window.page, window.page.url
    window.field.focus()
    page.evaluate("document.querySelector('#rows').scrollTop = 300")
    window.row("Friend05").click()
    expect(window.texts).to_have_text(["Hello from 5"])
    expect(page).not_to_have_url(first)
    second = page.url
    expect_thread(window, "Friend05 Crowd", second)
    expect(window.field).to_be_focused()
    assert scrolled(window) == 300
    page.go_back()
    expect_thread(window, "Bo Lindqvist", first)
    expect(window.texts).to_have_text(["Hello Bo", "Hello Ana"])
    assert scrolled(window) == 300
    page.go_forward()
    expect_thread(window, "Friend05 Crowd", second)
    page.reload()
    expect_thread(window, "Friend05 Crowd", second)
    window.send("Still alive")


def test_back_from_a_thread_returns_to_the_inbox(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open("/messaging")
    inbox = window.page.url
    window.row("Bo Lindqvist").click()
    expect_thread(window, "Bo Lindqvist", f"{inbox}/{talk}")
    window.page.go_back()
    expect(window.page).to_have_url(inbox)
    expect(window.page).to_have_title("Messages · linkmsg")
    expect(window.rows.locator("[aria-current]")).to_have_count(0)
    expect(window.page.get_by_text("Select a conversation")).to_be_visible()


def test_row_opens_in_a_new_tab(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open("/messaging")
    with window.page.context.expect_page() as opened:
        window.row("Bo Lindqvist").click(modifiers=["Control"])
    tab = Window(opened.value, window.faults)
    expect_thread(tab, "Bo Lindqvist", f"{window.page.url}/{talk}")
    expect(tab.texts).to_have_count(2)
    expect(window.page.get_by_text("Select a conversation")).to_be_visible()


BAR = """() => {
    const { content, visibility } = getComputedStyle(document.body, "::after");
    return content !== "none" && visibility === "visible";
}"""


def test_click_marks_the_row_and_then_shows_a_bar(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 1)
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_live()
    thread = window.page.locator("#thread")
    assert not window.page.evaluate(BAR)
    with window.hold_requests("**/messaging/*") as held:
        window.row("Friend00").click()
        expect(window.row("Friend00")).to_have_attribute("aria-current", "page")
        expect(window.row("Bo Lindqvist")).not_to_have_attribute("aria-current", "page")
        expect(thread).to_have_attribute("aria-busy", "true")
        window.wait_until(lambda: bool(window.page.evaluate(BAR)))
        people.talk(ana, ana, "A frame meanwhile changes nothing")
        expect(window.rows).to_have_count(3)
        expect(window.row("Friend00")).to_have_attribute("aria-current", "page")
        assert len(held) == 1
    expect(window.texts).to_have_text(["Hello from 0"])
    expect(thread).not_to_have_attribute("aria-busy", "true")
    window.wait_until(lambda: not window.page.evaluate(BAR))
    window.expect_error("net::ERR", "Failed to fetch", "htmx:error")
    window.page.route(f"**/messaging/{talk}", lambda route: route.abort())
    window.row("Bo Lindqvist").click()
    expect(window.page.locator(".toast")).to_contain_text("can’t be reached")
    expect(window.row("Friend00")).to_have_attribute("aria-current", "page")
    expect(thread).not_to_have_attribute("aria-busy", "true")


def test_last_of_two_quick_clicks_wins(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 1)
    window = browse(ana).open("/messaging")
    window.page.route(f"**/messaging/{talk}", lambda route: route.continue_())
    window.row("Bo Lindqvist").click(no_wait_after=True)
    window.row("Friend00").click()
    expect(window.texts).to_have_text(["Hello from 0"])
    expect(window.page).to_have_url(re.compile(r"/messaging/\d+$"))
    expect_thread(window, "Friend00 Crowd", window.page.url)
    window.page.go_back()
    expect(window.page.locator("#list")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_phone_shows_one_pane_with_a_back_link(
    browse: Browse, ana: Person, talk: int, scripts: bool
) -> None:
    window = browse(ana, phone=True, scripts=scripts).open("/messaging")
    expect(window.page.locator("#thread")).to_be_hidden()
    window.row("Bo Lindqvist").tap()
    expect(window.texts.last).to_be_in_viewport()
    expect(window.page.locator("#list")).to_be_hidden()
    expect(window.send_button).to_be_in_viewport()
    window.link("Back to messages").tap()
    expect(window.row("Bo Lindqvist")).to_be_visible()
    window.page.go_back()
    expect(window.texts.last).to_be_in_viewport()


def test_draft_stays_with_its_thread(browse: Browse, ana: Person, talk: int) -> None:
    add_correspondents(ana, 1)
    window = browse(ana).open(f"/messaging/{talk}")
    window.field.fill("Half a\nthought")
    window.row("Friend00").click()
    expect(window.texts).to_have_text(["Hello from 0"])
    expect(window.field).to_have_value("")
    expect(window.row("Bo Lindqvist")).to_contain_text("Draft: Half a thought")
    window.field.fill("Another")
    window.row("Bo Lindqvist").click()
    expect(window.field).to_have_value("Half a\nthought")
    window.page.reload()
    expect(window.field).to_have_value("Half a\nthought")
    window.page.go_back()
    expect(window.field).to_have_value("Another")
    window.open("/settings/profile").button("Sign out").click()
    asked = window.page.get_by_role("dialog", name="Sign out?")
    expect(asked).to_contain_text("2 drafts in this browser will be deleted.")
    asked.get_by_role("button", name="Sign out").click()
    expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert window.stored_drafts() == []
