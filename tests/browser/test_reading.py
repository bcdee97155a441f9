"""Only messages that were in view are read, and all counts follow."""

import re

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import fill_conversation, unread_count
from tests.support.window import Window

# An inactive tab, until `looked` is set.
AWAY = """
    const state = () => window.looked ? "visible" : "hidden";
    Object.defineProperty(document, "visibilityState", { get: state });
    document.hasFocus = () => Boolean(window.looked);
"""
LOOK = "window.looked = true; document.dispatchEvent(new Event('visibilitychange'))"
SETTLE = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"

# Scrolls until the first ten pixels of a message are in view.
SHOW_HEAD = """text => {
    const log = text.closest(".log");
    const head = text.closest(".msg").getBoundingClientRect().top;
    log.scrollTop += head - log.getBoundingClientRect().bottom + 10;
}"""


@pytest.fixture
def asked(bo: Person, ana: Person, talk: int) -> int:
    """Return the conversation, in which Ana has two unread messages."""
    people.talk(bo, ana, "Are you there?")
    assert unread_count(ana, talk) == 2
    return talk


def expect_counts(window: Window, count: int) -> None:
    """Assert that row, navigation and title show a count."""
    row = window.rows.filter(has_text="Bo Lindqvist")
    expect(row.get_by_text(f"{count} unread")).to_have_count(1 if count else 0)
    expect(window.page.locator("#unread")).to_be_visible(visible=bool(count))
    expect(window.page.locator("#unread")).to_contain_text(str(count))
    name = rf"\({count}\) \w.*" if count else r"[^(].*"
    expect(window.page).to_have_title(re.compile(f"^{name}$"))


def test_visible_messages_are_read_and_counts_fall(browse: Browse, ana: Person, asked: int) -> None:
    window = browse(ana).open("/messaging")
    expect_counts(window, 2)
    window.row("Bo Lindqvist").click()
    expect(window.log.get_by_text("New", exact=True)).to_be_visible()
    expect_counts(window, 0)
    assert unread_count(ana, asked) == 0
    window.page.reload()
    expect_counts(window, 0)


def test_background_tab_reads_nothing_until_active(
    browse: Browse, ana: Person, bo: Person, asked: int
) -> None:
    window = browse(ana)
    window.page.add_init_script(AWAY)
    window.open(f"/messaging/{asked}")
    people.talk(bo, ana, "Hello?")
    window.catch_up()
    expect(window.texts.last).to_have_text("Hello?")
    window.page.evaluate(SETTLE)
    expect_counts(window, 3)
    assert unread_count(ana, asked) == 3
    window.page.evaluate(LOOK)
    expect_counts(window, 0)
    assert unread_count(ana, asked) == 0


def test_opening_an_old_message_reads_nothing_newer(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    people.talk(bo, ana, *(f"Number {number}" for number in range(80)))
    before = unread_count(ana, talk)
    window = browse(ana).open(f"/messaging/{talk}?at=5")
    expect(window.log.locator(".marked")).to_be_in_viewport()
    window.page.evaluate(SETTLE)
    assert unread_count(ana, talk) == before > 80


def test_thread_without_scripts_is_marked_read(browse: Browse, ana: Person, asked: int) -> None:
    window = browse(ana, scripts=False).open("/messaging")
    expect_counts(window, 2)
    window.row("Bo Lindqvist").click()
    expect(window.texts.last).to_have_text("Are you there?")
    window.page.wait_for_load_state("load")  # the image that marks as read has been requested
    window.open("/messaging")
    expect_counts(window, 0)
    assert unread_count(ana, asked) == 0


def test_row_is_marked_unread_in_place(browse: Browse, ana: Person, asked: int) -> None:
    ana.post(f"/messaging/{asked}/read", seq=3)
    window = browse(ana).open("/messaging")
    expect_counts(window, 0)
    window.rows.first.hover()
    window.button("Options for Bo Lindqvist").click()
    window.page.locator("#row-menu").get_by_role("button", name="Mark as unread").click()
    expect(window.page.locator("#row-menu")).to_be_hidden()
    expect_counts(window, 1)
    assert unread_count(ana, asked) == 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_thread_menu_marks_as_unread(
    browse: Browse, ana: Person, asked: int, scripts: bool
) -> None:
    ana.post(f"/messaging/{asked}/read", seq=3)
    window = browse(ana, scripts=scripts).open(f"/messaging/{asked}")
    window.button("More").click()
    window.page.locator("#thread .menu").get_by_role("button", name="Mark as unread").click()
    expect(window.page).to_have_url(re.compile("/messaging$"))
    expect_counts(window, 1)
    assert unread_count(ana, asked) == 1


def test_thread_read_in_one_tab_is_read_in_the_other(
    browse: Browse, ana: Person, bo: Person, asked: int
) -> None:
    window = browse(ana).open("/messaging")
    window.link("My Network").click()
    expect(window.page.get_by_role("heading", name="My Network")).to_be_visible()
    other = window.new_tab().open(f"/messaging/{asked}")
    expect_counts(other, 0)
    window.page.go_back()
    expect_counts(window, 0)


def test_message_is_read_when_its_end_is_in_view(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    fill_conversation(ana, bo, talk, 30)
    ana.post(f"/messaging/{talk}/read", seq=30)
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_live()
    window.log.evaluate("log => { log.scrollTop = -200; }")
    people.talk(bo, ana, "Short", "Tall\n" * 100)
    expect(window.texts.last).to_contain_text("Tall")
    window.page.evaluate(SETTLE)
    assert unread_count(ana, talk) == 2
    with window.page.expect_response("**/read"):
        window.texts.last.evaluate(SHOW_HEAD)
    assert unread_count(ana, talk) == 1
    with window.page.expect_response("**/read"):
        window.log.evaluate("log => { log.scrollTop = 0; }")
    assert unread_count(ana, talk) == 0


def test_messages_of_an_inactive_tab_are_below_the_new_line(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana)
    window.page.add_init_script(AWAY + "window.looked = true;")
    window.open(f"/messaging/{talk}").expect_live()
    expect_counts(window, 0)
    first_new = window.log.locator(".new-line + .msg .text")
    for texts, last in ((("One", "Two"), "Two"), (("Three",), "Three")):
        window.page.evaluate("window.looked = false")
        people.talk(bo, ana, *texts)
        expect(window.texts.last).to_have_text(last)
        expect(first_new).to_have_text(texts[0])
        window.page.evaluate(LOOK)
        expect_counts(window, 0)
        expect(first_new).to_have_text(texts[0])
    people.talk(bo, ana, "And in the active tab")
    expect(window.texts.last).to_have_text("And in the active tab")
    expect(first_new).to_have_text("Three")
