"""Messages are sent by button and by Enter, once and in order."""

import pytest
from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import message_bodies


@pytest.fixture
def newer(ana: Person, talk: int, dee: Person) -> int:
    """Return a newer conversation of Ana's than the one with Bo."""
    people.connect(ana, dee)
    return people.talk(dee, ana, "Newer")


def test_sent_message_appears_once_and_moves_its_row_up(
    browse: Browse, ana: Person, talk: int, newer: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    expect(window.rows.first).to_contain_text("Dee Duarte")
    window.write("One\nmore thing")
    expect(window.texts.filter(has_text="more thing")).to_have_count(1)
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    expect(window.rows.first).to_contain_text("You: One more thing")
    expect(window.rows.first.locator("[aria-current]")).to_be_attached()
    expect(window.rows).to_have_count(2)
    expect(window.field).to_have_value("")
    expect(window.field).to_be_focused()
    assert message_bodies(ana)[-1] == "One\nmore thing"
    assert window.stored_drafts() == []


def test_enter_sends_and_shift_enter_breaks_the_line(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.field.focus()
    keyboard = window.page.keyboard
    keyboard.type("First")
    keyboard.press("Shift+Enter")
    keyboard.type("second")
    expect(window.field).to_have_value("First\nsecond")
    keyboard.press("Enter")
    expect(window.texts.filter(has_text="second")).to_have_count(1)
    keyboard.press("Enter")
    keyboard.type("Last")
    keyboard.press("Enter")
    expect(window.texts.last).to_have_text("Last")
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["First\nsecond", "Last"]


@pytest.mark.parametrize("composing", [{"isComposing": True}, {"keyCode": 229}])
def test_enter_that_ends_a_composition_sends_nothing(
    browse: Browse, ana: Person, talk: int, composing: dict[str, object]
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    enter = {"key": "Enter", "bubbles": True, "cancelable": True}
    window.field.fill("こんにち")
    window.field.dispatch_event("keydown", enter | composing)
    expect(window.field).to_have_value("こんにち")
    window.field.fill("こんにちは")
    window.field.dispatch_event("keydown", enter)
    expect(window.texts.last).to_have_text("こんにちは")
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["こんにちは"]


def test_enter_breaks_the_line_on_a_touch_screen(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    window.field.tap()
    window.page.keyboard.type("First")
    window.page.keyboard.press("Enter")
    window.page.keyboard.type("second")
    expect(window.field).to_have_value("First\nsecond")
    window.send_button.tap()
    expect(window.texts.last).to_have_text("First\nsecond")
    expect(window.field).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_double_click_sends_once(browse: Browse, ana: Person, talk: int, scripts: bool) -> None:
    window = browse(ana, scripts=scripts).open(f"/messaging/{talk}")
    window.field.fill("Only once")
    window.send_button.dblclick()
    expect(window.texts.filter(has_text="Only once")).to_have_count(1)
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    window.open(f"/messaging/{talk}")
    assert message_bodies(ana)[2:] == ["Only once"]


def test_text_typed_during_a_send_is_kept(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    keyboard = window.page.keyboard
    with window.hold_requests(f"**/messaging/{talk}") as held:
        window.field.focus()
        keyboard.type("Slow")
        keyboard.press("Enter")
        keyboard.press("Enter")
        expect(window.log.locator(".pending")).to_contain_text("Sending…")
        keyboard.type("And then")
        assert len(held) == 1
    expect(window.log.locator(".pending")).to_have_count(0)
    expect(window.field).to_have_value("And then")
    keyboard.press("Enter")
    expect(window.texts.last).to_have_text("And then")
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["Slow", "And then"]


def test_messages_sent_in_a_row_keep_their_order(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    with window.hold_requests(f"**/messaging/{talk}") as held:
        window.write("One")
        window.write("Two")
        expect(window.log.locator(".pending")).to_have_count(2)
        assert len(held) == 1
    expect(window.log.locator(".pending")).to_have_count(0)
    expect(window.texts).to_have_text(["Hello Bo", "Hello Ana", "One", "Two"])
    assert message_bodies(ana)[2:] == ["One", "Two"]
