"""Attachments while uploads fail, without scripts, and when their message is discarded."""

from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from linkmsg.actions import attachments
from linkmsg.db import db
from linkmsg.models import Attachment
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.accessibility import accessibility_errors
from tests.support.browser_uploads import (
    attach,
    file_payload,
    hold_uploads,
    listed_files,
    photo_payload,
    uploaded_files,
)
from tests.support.database_rows import message_bodies

NO_LINE = ("net::ERR_", "Failed to load resource")


def test_running_and_failed_uploads_are_accessible(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, reduced_motion="reduce", color_scheme="light")
    window.expect_error(*NO_LINE)
    window.open(f"/messaging/{talk}")
    attach(
        window,
        photo_payload("a-" + "long-" * 20 + "name.jpg"),
        file_payload("plan.pdf", b"%PDF-1.7\n"),
    )
    expect(uploaded_files(window)).to_have_count(2)
    held = hold_uploads(window)
    attach(window, *(file_payload(f"{number}.txt") for number in range(9)))
    window.field.fill("Some words")
    window.wait_until(lambda: bool(held))
    held[0].abort()
    expect(window.button("Try again")).to_be_visible()
    assert accessibility_errors(window.page) == []
    window.page.unroute("**/files")


def test_image_is_described_without_scripts(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana, scripts=False, phone=True).open(f"/messaging/{talk}")
    window.field.fill("Look")
    attach(window, photo_payload(), file_payload("plan.txt"))
    window.button("Upload and describe").click()
    expect(window.page.get_by_role("checkbox")).to_have_count(2)
    expect(window.field).to_have_value("Look")
    window.page.get_by_label("Describe this image: quay.jpg").fill("Two cranes at the quay")
    window.send_button.click()
    expect(window.texts.last).to_have_text("Look")
    expect(window.log.get_by_role("img", name="Two cranes at the quay")).to_be_visible()
    assert message_bodies(bo)[2:] == ["Look"]


def test_discarded_message_deletes_its_uploads(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error("status of 500", "htmx")
    attach(window, file_payload("one.txt"))
    expect(uploaded_files(window)).to_have_count(1)
    window.page.route(f"**/messaging/{talk}", lambda route: route.fulfill(status=500))
    window.write("Never mind")
    with window.page.expect_response("**/discard") as given_back:
        window.log.get_by_role("button", name="Discard").click()
    assert given_back.value.status == 204
    expect(window.log.locator(".failed")).to_have_count(0)


def test_refused_message_can_be_edited(app: Flask, browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*NO_LINE, "status of 404", "status of 409", "htmx")
    attach(window, file_payload("old.txt"))
    expect(uploaded_files(window)).to_have_count(1)
    window.page.route(f"**/messaging/{talk}", lambda route: route.abort())
    window.write("With a file")
    expect(window.log.locator(".pending")).to_contain_text("It will be sent automatically.")
    with app.app_context():
        [key] = db.session.scalars(select(Attachment.key))
        attachments.discard(ana.member(), key)
    window.page.unroute_all()
    window.field.fill("First this")
    window.button("Try now").click()
    failed = window.log.locator(".failed")
    expect(failed).to_contain_text("One of the files is no longer available. Attach it again.")
    failed.get_by_role("button", name="Edit").click()
    expect(window.field).to_have_value("First this\nWith a file")
    expect(failed).to_have_count(0)
    expect(listed_files(window)).to_contain_text("No longer on the server. Choose it again.")
    window.button("Cancel old.txt").click()
    window.send_button.click()
    expect(window.texts.last).to_have_text("First this\nWith a file")
