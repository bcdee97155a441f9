"""What scripts do while the server's disk is full."""

from flask import Flask
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import message_bodies
from tests.support.full_disk import full_database


def test_message_waits_for_space_on_a_full_disk(
    app: Flask, browse: Browse, ana: Person, talk: int
) -> None:
    window, body = browse(ana).open(f"/messaging/{talk}"), "Long " * 1500
    window.expect_error("status of 507")
    with full_database(app):
        window.write(body)
        waiting = window.log.locator(".pending")
        expect(waiting).to_contain_text(
            "Not sent yet. The server is out of space. Tell an administrator."
        )
    expect(window.texts.filter(has_text=body.strip())).to_have_count(1)
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    assert len(message_bodies(ana)[2:]) == 1
