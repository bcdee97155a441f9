"""Attachments: chosen, dropped, pasted, uploaded, sent and shown."""

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from linkmsg.actions import attachments
from linkmsg.db import db
from linkmsg.models import Attachment
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.browser_uploads import (
    attach,
    file_payload,
    held_upload,
    hold_uploads,
    listed_files,
    photo_payload,
    uploaded_files,
)
from tests.support.database_rows import message_bodies

NO_LINE = ("net::ERR_", "Failed to load resource")


def test_sent_files_look_like_their_preview(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    receiver = browse(bo).open(f"/messaging/{talk}")
    receiver.expect_live()
    window = browse(ana).open(f"/messaging/{talk}")
    attach(window, photo_payload(), photo_payload("crane.jpg"), file_payload("Stops.xlsx"))
    expect(uploaded_files(window)).to_have_count(3)
    window.page.get_by_label("Describe this image: quay.jpg").fill("Two cranes at the quay")
    with window.hold_requests(f"**/messaging/{talk}"):
        window.write("Here they are")
        expect(window.log.locator(".pending .photo img")).to_have_count(2)
        before = window.log.locator(".pending").bounding_box()
    expect(window.log.locator(".pending")).to_have_count(0)
    after = window.log.locator(".msg").last.bounding_box()
    assert before
    assert after
    assert (
        abs(before["height"] - after["height"]) < 30
    )  # a sent message shows its time, a pending one "Sending…"
    expect(listed_files(window)).to_have_count(0)
    assert window.stored_drafts() == []
    expect(receiver.log.get_by_role("link", name="Two cranes at the quay")).to_be_visible()
    expect(
        receiver.log.get_by_role("link", name="Stops.xlsx Spreadsheet · 5 bytes")
    ).to_be_visible()


def test_form_without_scripts_sends_only_checked_files(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana, scripts=False).open(f"/messaging/{talk}")
    # Chromium styles the page of an image, which our policy forbids.
    window.expect_error("status of 422", "Applying inline style", "Blocked script")
    window.field.fill("a" * 8001)
    attach(window, photo_payload(), file_payload("plan.txt"))
    window.send_button.click()
    expect(window.page.get_by_role("checkbox")).to_have_count(2)
    window.page.get_by_role("checkbox", name="plan.txt").uncheck()
    window.field.fill("")
    window.send_button.click()
    expect(window.log.locator(".msg").last.get_by_role("link")).to_have_count(1)
    window.log.get_by_role("link", name="quay.jpg").click()
    expect(window.page).to_have_url(re.compile("/files/.*size=large"))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Create a file that is one byte too large."""
    file = tmp_path / "film.mov"
    with file.open("wb") as made:
        made.truncate(25 * 1024 * 1024 + 1)
    return file


def test_too_large_or_too_many_files_are_not_uploaded(
    browse: Browse, ana: Person, talk: int, film: Path
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    with window.hold_requests("**/files") as held:
        window.page.get_by_label("Attach files").set_input_files(film)
        expect(window.page.locator("[data-file-error]")).to_contain_text("film.mov is larger than")
        attach(window, *(file_payload(f"{number}.txt") for number in range(11)))
        expect(window.page.locator("[data-file-error]")).to_contain_text("can have 10 files.")
        expect(listed_files(window)).to_have_count(10)
        assert len(held) == 3
    expect(uploaded_files(window)).to_have_count(10)


def test_send_waits_for_uploads_and_failed_ones_can_be_retried(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*NO_LINE)
    held = hold_uploads(window)
    attach(window, file_payload("one.txt"), file_payload("two.txt"), file_payload("three.txt"))
    window.field.fill("With three")
    window.field.press("Enter")
    expect(window.page.locator("[data-upload-wait]")).to_be_visible()
    window.button("Cancel one.txt").click()
    window.send_button.click()
    held_upload(window, held, "two.txt").abort()
    failed = listed_files(window).filter(has_text="The server can’t be reached.")
    expect(failed).to_contain_text("two.txt")
    window.send_button.click()
    expect(window.button("Try again")).to_be_focused()
    assert message_bodies(ana)[2:] == []
    window.page.unroute("**/files")
    window.page.keyboard.press("Enter")
    expect(uploaded_files(window)).to_have_count(2)
    window.send_button.click()
    expect(window.log.locator(".msg").last.get_by_role("link")).to_have_count(2)
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["With three"]


def test_message_is_sent_when_its_uploads_finish(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    with window.hold_requests("**/files"):
        attach(window, file_payload("one.txt"))
        window.field.press("Enter")
        expect(window.page.locator("[data-upload-wait]")).to_be_visible()
        expect(window.log.locator(".msg")).to_have_count(2)
    expect(window.log.get_by_role("link", name="one.txt")).to_be_visible()
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == [""]


def test_attachments_survive_a_reload(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*NO_LINE, "Failed to fetch", "htmx:error")
    attach(window, file_payload("one.txt"))
    expect(uploaded_files(window)).to_have_count(1)
    window.open(f"/messaging/{talk}")
    expect(uploaded_files(window)).to_contain_text("one.txt")
    window.page.route(f"**/messaging/{talk}", lambda route: route.abort())
    window.send_button.click()
    expect(window.log.get_by_text("It will be sent automatically.")).to_be_visible()
    window.page.unroute(f"**/messaging/{talk}")
    window.open(f"/messaging/{talk}")
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    expect(window.log.get_by_role("link", name="one.txt")).to_have_count(1)
    expect(listed_files(window)).to_have_count(0)
    assert message_bodies(ana)[2:] == [""]


def test_files_that_are_lost_have_to_be_chosen_again(
    app: Flask, browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*NO_LINE, "status of 404", "status of 409")
    attach(window, file_payload("old.txt"))
    expect(uploaded_files(window)).to_have_count(1)
    hold_uploads(window)
    attach(window, file_payload("cut.txt"))
    window.wait_until(lambda: any("cut.txt" in each for each in window.stored_drafts()))
    window.page.on("dialog", lambda dialog: dialog.accept())
    with app.app_context():
        [key] = db.session.scalars(select(Attachment.key))
        attachments.discard(ana.member(), key)
    window.page.reload()
    window.page.unroute("**/files")
    for name, reason in (("old.txt", "No longer on the server."), ("cut.txt", "Not uploaded.")):
        expect(listed_files(window).filter(has_text=name)).to_contain_text(
            f"{reason} Choose it again."
        )
    window.send_button.click()
    expect(window.button("Choose file").first).to_be_focused()
    for name in ("old.txt", "cut.txt"):
        with window.page.expect_file_chooser() as chooser:
            listed_files(window).filter(has_text=name).get_by_role(
                "button", name="Choose file"
            ).click()
        chooser.value.set_files(file_payload(name))
        expect(uploaded_files(window).filter(has_text=name)).to_have_count(1)
    expect(listed_files(window)).to_have_count(2)
    window.send_button.click()
    expect(window.log.get_by_role("link", name="cut.txt")).to_be_visible()
    expect(window.log.locator(".pending")).to_have_count(0)
    assert window.stored_drafts() == []
