"""Forms open in a dialog, and recipients are found while typing."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.accessibility import accessibility_errors
from tests.support.relationships import invite


def test_invitation_form_opens_in_dialog_over_profile(
    browse: Browse, ana: Person, dee: Person
) -> None:
    window = browse(ana, reduced_motion="reduce").open(f"/in/{dee.handle}")
    page, connect = window.page, window.link("Connect")
    dialog = page.get_by_role("dialog", name="Connect with Dee")
    connect.focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Add a note")).to_be_visible()
    assert accessibility_errors(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(connect).to_be_focused()
    connect.click()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(re.compile(f"/in/{dee.handle}$"))
    connect.click()
    dialog.get_by_label("Add a note").fill("From over here")
    dialog.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Your invitation to Dee is pending")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/in/{dee.handle}$"))


def test_withdrawing_asks_in_a_dialog_and_ignoring_can_be_undone(
    browse: Browse, ana: Person, dee: Person
) -> None:
    invite(ana, dee)
    window, other = browse(ana).open("/network/invitations/sent"), browse(dee).open("/network")
    other.expect_live()
    other.button("Ignore Ana").first.click()
    expect(other.page.get_by_text("Ignored. Ana won’t be notified.")).to_be_visible()
    expect(other.page.locator("#invitations-count")).to_be_hidden()
    other.button("Undo").click()
    expect(other.button("Accept Ana")).to_be_visible()
    expect(other.page.locator("#invitations-count")).to_contain_text("1")

    dialog = window.page.get_by_role("dialog", name="Withdraw your invitation to Dee?")
    window.link("Withdraw").click()
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    window.link("Withdraw").click()
    expect(dialog.get_by_text("again for 3 weeks")).to_be_visible()
    dialog.get_by_role("button", name="Withdraw").click()
    expect(window.page.get_by_text("Invitation withdrawn")).to_be_visible()
    expect(other.page.get_by_role("heading", name="No invitations")).to_be_visible()


def test_too_long_note_returns_with_its_error(browse: Browse, ana: Person, dee: Person) -> None:
    window = browse(ana).open(f"/in/{dee.handle}")
    window.expect_error("status of 422")
    window.link("Connect").click()
    note = window.page.get_by_label("Add a note")
    note.fill("a" * 301)
    window.button("Send invitation").click()
    expect(window.page.locator("#connect-form .error")).to_contain_text("300")
    expect(note).to_have_value("a" * 301)
    note.fill("a" * 300)
    window.button("Send invitation").click()
    expect(window.page.get_by_text("Your invitation to Dee is pending")).to_be_visible()


def test_recipients_are_found_while_typing(browse: Browse, ana: Person, bo: Person) -> None:
    window = browse(ana).open("/messaging/new")
    field = window.page.get_by_role("combobox", name="To")
    expect(field).to_be_focused()
    window.page.keyboard.type("lind")
    expect(window.page.locator("#to-hint")).to_contain_text("1 person matches")
    expect(window.page).to_have_url(re.compile(r"\?q=lind$"))
    window.page.keyboard.type("x")
    expect(window.page.get_by_role("heading", name="No results for")).to_be_visible()
    window.page.keyboard.press("Backspace")
    expect(field).to_be_focused()
    window.page.get_by_role("option", name="Bo Lindqvist").click()
    window.write("Found you")
    expect(window.texts).to_have_text(["Found you"])
    expect(window.rows.first).to_contain_text("You: Found you")
