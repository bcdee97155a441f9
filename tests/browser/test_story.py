"""Two people go from an empty server to a conversation, through the pages alone."""

import pytest
from flask import Flask
from playwright.sync_api import expect

from linkmsg import serving
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.window import Window

PASSWORD = "a short sentence works"


def set_up(window: Window, app: Flask) -> None:
    """Set up the server as Ana, with the token of the log."""
    file = app.extensions["linkmsg"].setup_token_file
    with app.app_context():
        serving.update_setup_token(file)
    page = window.open(f"/setup?token={file.read_text().strip()}").page
    page.get_by_label("Network name").fill("Small Harbour")
    page.get_by_label("Your name").fill("Ana Ruiz")
    page.get_by_label("Your email").fill("ana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    window.button("Finish setup").click()
    expect(page.get_by_role("heading", name="No messages yet")).to_be_visible()


def invite_link(window: Window) -> str:
    """Create an invite link that connects nobody as Ana; return its address."""
    window.open("/messaging").page.get_by_label("Connect us as soon as they join").uncheck()
    window.button("Invite people").click()
    expect(window.page.get_by_role("heading", name="Send this link")).to_be_visible()
    return window.page.get_by_role("textbox", name="Invite link").input_value()


def sign_up(window: Window, link: str) -> None:
    page = window.open(link).page
    expect(page.get_by_text("Ana Ruiz invited you to Small Harbour.")).to_be_visible()
    page.get_by_label("Your name").fill("Bo Lindqvist")
    page.get_by_label("What you do").fill("Ferry planner")
    page.get_by_label("Email").fill("bo@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    window.button("Create account").click()
    expect(window.button("Connect with Ana")).to_be_visible()


def invite(window: Window) -> None:
    """Find Bo and invite him with a note, as Ana."""
    page = window.page
    window.link("My Network").click()
    window.link("Find people").first.click()
    page.get_by_role("searchbox").fill("ferry")
    page.get_by_role("searchbox").press("Enter")
    page.locator("#results").get_by_role("link", name="Bo Lindqvist", exact=True).click()
    window.link("Connect").click()
    page.get_by_label("Add a note").fill("We met on the quay.")
    window.button("Send invitation").click()
    expect(page.get_by_text("Your invitation to Bo is pending")).to_be_visible()


def accept(window: Window) -> None:
    """Accept the invitation as Bo."""
    page = window.open("/messaging").page
    expect(page.locator("#invitations-count")).to_contain_text("1")
    window.link("My Network").click()
    expect(page.get_by_text("We met on the quay.")).to_be_visible()
    window.button("Accept Ana Ruiz").click()
    expect(page.get_by_text("You and Ana are now connected.")).to_be_visible()
    expect(page.locator("#invitations-count")).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_people_go_from_setup_to_a_conversation(
    app: Flask, browse: Browse, scripts: bool
) -> None:
    ana, bo = browse(scripts=scripts), browse(scripts=scripts)
    set_up(ana, app)
    sign_up(bo, invite_link(ana))
    invite(ana)
    accept(bo)

    bo.open("/messaging").row("Ana Ruiz").click()
    expect(bo.texts).to_have_text(["We met on the quay."])
    bo.send("So we did. Coffee?")
    expect(bo.texts).to_have_text(["We met on the quay.", "So we did. Coffee?"])
    expect(bo.field).to_have_value("")

    expect(ana.open("/messaging").row("Bo Lindqvist 1 unread")).to_be_visible()
    expect(ana.page).to_have_title("(1) Messages · Small Harbour")
    ana.row("Bo Lindqvist").click()
    expect(ana.texts.last).to_have_text("So we did. Coffee?")
    ana.send("At ten.")
    expect(ana.open("/messaging").row("Bo Lindqvist")).to_contain_text("You: At ten.")
    expect(ana.page).to_have_title("Messages · Small Harbour")

    if scripts:
        expect(bo.texts.last).to_have_text("At ten.")
    else:
        expect(bo.open("/messaging").row("Ana Ruiz 1 unread")).to_be_visible()
    bo.open("/messaging").row("Ana Ruiz").click()
    expect(bo.texts).to_have_text(["We met on the quay.", "So we did. Coffee?", "At ten."])


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_phone_reaches_a_message_through_my_network(
    browse: Browse, ana: Person, bo: Person, scripts: bool
) -> None:
    window = browse(ana, phone=True, scripts=scripts).open("/messaging")
    window.link("My Network").tap()
    window.link("Bo Lindqvist").first.tap()
    window.link("Message").last.tap()
    window.field.fill("From my phone")
    window.send_button.tap()
    expect(window.texts).to_have_text(["From my phone"])
    window.field.fill("And again")
    window.send_button.tap()
    expect(window.texts).to_have_text(["From my phone", "And again"])
    expect(window.page.locator("#list")).to_be_hidden()
    window.link("Back to messages").tap()
    expect(window.row("Bo Lindqvist")).to_contain_text("You: And again")
    expect(window.page.locator("#thread")).to_be_hidden()
