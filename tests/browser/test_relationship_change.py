"""The relationship changes while a member is writing."""

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, expect

from linkmsg.actions import invitations, profile
from tests.browser.conftest import Browse
from tests.people import Person, nonce
from tests.support.relationships import invite, newest_invitation

HELLO: FilePayload = {"name": "hello.txt", "mimeType": "text/plain", "buffer": b"Hello"}


@pytest.fixture
def replied(ana: Person, cy: Person) -> int:
    """Return a conversation that Cy began by replying to Ana's invitation without accepting."""
    invite(ana, cy, "Do we meet?")
    with ana.app.app_context():
        asked = newest_invitation(ana, cy)
        return invitations.reply(cy.member(), asked, "Who are you?", nonce()).conversation_id


def test_open_thread_follows_relationship_and_keeps_draft(
    app: Flask, browse: Browse, ana: Person, cy: Person, replied: int
) -> None:
    window = browse(ana).open(f"/messaging/{replied}")
    window.expect_live()
    menu = window.page.locator(".thread .menu")
    expect(menu).to_contain_text("Withdraw invitation")
    window.page.get_by_label("Attach files").set_input_files(HELLO)
    tray = window.page.get_by_role("list", name="Files to send").get_by_role("listitem")
    expect(tray.filter(has=window.page.locator("[name=attachment]"))).to_have_count(1)
    window.field.fill("Half a thought")
    window.field.evaluate("field => field.setSelectionRange(4, 4)")
    with app.app_context():
        invitations.accept(cy.member(), newest_invitation(ana, cy))
    expect(menu).to_contain_text("Remove connection")
    expect(menu).not_to_contain_text("Withdraw")
    with window.page.expect_request("**/typing"):
        window.page.keyboard.type(" of")
    expect(window.field).to_have_value("Half of a thought")
    expect(window.field).to_be_focused()
    expect(tray).to_have_count(1)
    with app.app_context():
        profile.edit(cy.member(), profile.Profile(name="Cyd Moss", handle=cy.handle))
    expect(window.field).to_have_attribute("placeholder", "Message Cyd")
    expect(window.field).to_have_value("Half of a thought")
