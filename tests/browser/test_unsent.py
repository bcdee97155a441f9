"""Queued messages are sent from any page, and are shown as unsent there."""

from flask import Flask
from playwright.sync_api import Dialog, expect

from linkmsg.actions import connections
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import add_correspondents, message_bodies
from tests.support.window import Window, abort_posts

UNREACHABLE = ("net::ERR_", "Failed to fetch", "htmx:error", "WebSocket connection")


def cut(window: Window, talk: int) -> Window:
    """Abort everything sent to a conversation."""

    window.expect_error(*UNREACHABLE)
    window.page.route(f"**/messaging/{talk}", abort_posts)
    return window


def write(window: Window, *texts: str) -> None:
    """Write messages, and wait until all are queued."""
    for text in texts:
        window.write(text)
    waiting = window.log.locator(".pending").filter(has_text="It will be sent automatically.")
    expect(waiting).to_have_count(len(texts))


def expect_gone(window: Window, person: Person, *texts: str) -> None:
    """Assert that all were sent once in order and none is stored."""
    window.wait_until(lambda: not window.stored_drafts())
    assert message_bodies(person)[-len(texts) :] == list(texts)
    assert [body for body in message_bodies(person) if body in texts] == list(texts)


def test_queued_messages_are_sent_from_another_page(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = cut(browse(ana).open(f"/messaging/{talk}"), talk)
    asked: list[Dialog] = []
    window.page.on("dialog", lambda dialog: (asked.append(dialog), dialog.accept()))
    write(window, "One", "Two")
    window.link("My Network").click()
    expect(window.page.get_by_role("heading", name="My Network")).to_be_visible()
    window.link(bo.name).first.click()
    expect(window.page.get_by_role("heading", name=bo.name)).to_be_visible()
    assert asked == []
    assert "One" not in message_bodies(ana)
    window.page.unroute_all()
    expect_gone(window, ana, "One", "Two")


def test_row_shows_queued_message_and_phone_list_sends_it(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = cut(browse(ana, phone=True).open(f"/messaging/{talk}"), talk)
    write(window, "From the list")
    window.link("Back to messages").tap()
    expect(window.row("Bo Lindqvist")).to_contain_text("Not sent yet")
    expect(window.row("Bo Lindqvist").locator(".clip").last).to_be_hidden()
    window.page.unroute_all()
    expect(window.row("Bo Lindqvist")).to_contain_text("You: From the list")
    expect(window.row("Bo Lindqvist")).not_to_contain_text("Not sent")
    expect_gone(window, ana, "From the list")


def test_rejected_message_is_shown_in_row_and_thread(
    app: Flask, browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    add_correspondents(ana, 1)
    window = cut(browse(ana).open(f"/messaging/{talk}"), talk)
    window.expect_error("status of 403")
    write(window, "Too late")
    window.row("Friend00").click()
    expect(window.texts).to_have_text(["Hello from 0"])
    with app.app_context():
        connections.remove(bo.member(), ana.member())
    window.page.unroute_all()
    expect(window.page.locator(".toast")).to_contain_text("To Bo Lindqvist: ")
    expect(window.row("Bo Lindqvist")).to_contain_text("Not sent. Open to try again")
    window.page.locator(".toast").get_by_role("link", name="Open").click()
    expect(window.log.locator(".failed")).to_contain_text("You and Bo are not connected")
    window.button("Discard").click()
    expect(window.log.locator(".failed")).to_have_count(0)
    expect(window.row("Bo Lindqvist")).not_to_contain_text("Not sent")
    assert "Too late" not in message_bodies(ana)
