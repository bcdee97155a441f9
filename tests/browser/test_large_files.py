"""The largest files there may be, there and back; and what is larger, refused as it comes."""

import hashlib
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from linkmsg.models.attachment import MAX_SIZE
from tests.browser.conftest import Browse
from tests.browser.killable import Killable, enter, furnish
from tests.people import Person

# What a card says while its file is under way.
TOLD = """window.told = [];
new MutationObserver(() => {
    for (const bar of document.querySelectorAll(".tray progress:not([hidden])")) {
        told.push([bar.value, bar.closest("li").querySelector("small").textContent]);
    }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });"""


@pytest.mark.parametrize(
    "scripts",
    [True, pytest.param(False, marks=pytest.mark.s3)],
    ids=["scripts", "no scripts, S3"],
)
def test_a_file_of_25_mib_goes_there_and_comes_back_equal(
    browse: Browse, ana: Person, bo: Person, talk: int, tmp_path: Path, scripts: bool
) -> None:
    film = tmp_path / "film.bin"
    film.write_bytes(os.urandom(MAX_SIZE))
    hers = browse(ana, scripts=scripts)
    hers.page.add_init_script(TOLD)
    hers.open(f"/messaging/{talk}").uploads_at(15_000_000)
    hers.page.get_by_label("Attach files").set_input_files(film)
    if scripts:
        expect(hers.page.locator(".tray [name=attachment]")).to_be_attached(timeout=60_000)
        told = hers.page.evaluate("told")
        assert any(0 < part < 1 for part, _ in told)
        assert any(re.fullmatch(r"[\d.]+ of 26 MB · [\d.]+ [kM]B/s", said) for _, said in told)
    hers.send_button.click(timeout=60_000)
    expect(hers.log.get_by_role("link", name="film.bin")).to_be_visible()
    his = browse(bo, scripts=scripts).open(f"/messaging/{talk}")
    with his.page.expect_download() as coming:
        his.log.get_by_role("link", name="film.bin").click()
    with coming.value.path().open("rb") as got, film.open("rb") as sent:
        assert hashlib.file_digest(got, "sha256").digest() == (
            hashlib.file_digest(sent, "sha256").digest()
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killable]:
    """A server as members have it, which may close a line that it does not want to hear."""
    folder = tmp_path_factory.mktemp("data")
    furnish(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = Killable(folder, port)
    yield server
    server.kill()


@pytest.fixture
def page(browser: Browser, served: Killable) -> Iterator[Page]:
    """The thread of Ana and Bo, without JavaScript, in which something is written."""
    page = enter(browser, served.url, "ana@example.com", scripts=False)
    page.get_by_role("textbox", name="Write a message").fill("My words")
    yield page
    page.context.close()


def send(page: Page, folder: Path, size: int) -> None:
    """Send a small file and one of so many bytes."""
    (folder / "plan.txt").write_text("Hello")
    with (folder / "film.bin").open("wb") as made:
        made.truncate(size)
    files = [folder / "plan.txt", folder / "film.bin"]
    page.get_by_label("Attach files").set_input_files(files)
    page.get_by_role("button", name="Send", exact=True).click(timeout=60_000)


@pytest.mark.parametrize("size", [MAX_SIZE + 1, 2 * MAX_SIZE - 1], ids=["one byte", "a lot"])
def test_a_file_that_is_too_large_is_refused_and_the_text_and_the_other_file_stay(
    page: Page, tmp_path: Path, size: int
) -> None:
    send(page, tmp_path, size)
    expect(page.locator(".error")).to_contain_text("film.bin is larger than 25 MiB.")
    expect(page.get_by_role("textbox", name="Write a message")).to_have_value("My words")
    expect(page.get_by_role("checkbox", name="plan.txt")).to_be_checked()


def test_who_was_signed_out_finds_her_text_after_a_form_that_nobody_read(
    page: Page, tmp_path: Path
) -> None:
    page.context.clear_cookies()
    send(page, tmp_path, 6 * MAX_SIZE)
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_text("My words")).to_be_visible()


@pytest.mark.parametrize("path", ["/files", "/messaging/1", "/settings/photo"])
def test_a_stranger_is_answered_before_she_has_sent_her_file(served: Killable, path: str) -> None:
    address = ("127.0.0.1", int(served.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=10) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: linkmsg\r\nContent-Length: {30 << 20}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            'Content-Disposition: form-data; name="files"; filename="x"\r\n\r\n'.encode()
        )
        line.sendall(bytes(128 * 1024))
        assert line.recv(12) in {b"HTTP/1.1 401", b"HTTP/1.1 303"}
