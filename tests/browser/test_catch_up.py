"""New messages reach an open page without a socket."""

from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import unread_count


def test_new_message_arrives_once_is_announced_and_read(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana).without_socket().open(f"/messaging/{talk}")
    told, cursor = window.page.locator("#announce"), window.page.locator(f"#cursor-{talk}")
    expect(told).to_have_attribute("aria-live", "polite")
    expect(told).to_be_empty()
    held = cursor.input_value()
    people.talk(bo, ana, "The ferry is late")
    window.catch_up()
    expect(window.texts).to_have_text(["Hello Bo", "Hello Ana", "The ferry is late"])
    expect(window.texts.last).to_be_in_viewport(ratio=1)
    expect(told).to_have_text("Bo Lindqvist: The ferry is late")
    expect(window.rows.first).to_contain_text("The ferry is late")
    expect(window.page.locator("#unread")).to_be_hidden()
    assert int(cursor.input_value()) > int(held)
    assert unread_count(ana, talk) == 0
    people.talk(bo, ana, "Very late", "Take the bridge")
    for _ in range(2):  # both at once: each message is announced once
        window.catch_up()
    expect(window.texts).to_have_count(5)
    expect(window.texts.last).to_have_text("Take the bridge")
    expect(told).to_have_text("2 new messages")
    expect(window.rows).to_have_count(1)


def test_draft_and_caret_survive_incoming_messages(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana).without_socket().open(f"/messaging/{talk}")
    window.field.fill("Half a thought")
    window.field.press("Home")
    people.talk(bo, ana, "News")
    window.catch_up()
    expect(window.texts.last).to_have_text("News")
    expect(window.field).to_be_focused()
    window.page.keyboard.type("Not ")
    expect(window.field).to_have_value("Not Half a thought")


def test_conversation_works_without_sockets(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    left, right = browse(ana).without_socket(), browse(bo).without_socket()
    for window in (left, right):
        window.open(f"/messaging/{talk}")
    left.write("Ping")
    expect(left.log.locator(".pending")).to_have_count(0)
    right.catch_up()
    expect(right.texts.last).to_have_text("Ping")
    right.write("Pong")
    expect(right.texts.last).to_have_text("Pong")
    expect(right.log.locator(".pending")).to_have_count(0)
    left.write("Ping again")
    expect(left.texts).to_have_text(["Hello Bo", "Hello Ana", "Ping", "Pong", "Ping again"])
    expect(right.texts).to_have_text(["Hello Bo", "Hello Ana", "Ping", "Pong"])
    right.catch_up()
    expect(right.texts).to_have_count(5)
    expect(right.log.locator(".own .text")).to_have_text(["Hello Ana", "Pong"])
