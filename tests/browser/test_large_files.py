"""The largest files arrive unchanged, and larger ones are rejected."""

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
from tests.people import Person
from tests.support.server_process import ServerProcess, enter, prepare_data

# Records what an upload shows meanwhile.
RECORD_PROGRESS = """window.progress = [];
new MutationObserver(() => {
    for (const bar of document.querySelectorAll(".attachment-list progress:not([hidden])")) {
        progress.push([bar.value, bar.closest("li").querySelector("small").textContent]);
    }
}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });"""


@pytest.mark.parametrize(
    "scripts",
    [True, pytest.param(False, marks=pytest.mark.s3)],
    ids=["scripts", "no scripts, S3"],
)
def test_file_of_25_mib_is_downloaded_unchanged(
    browse: Browse, ana: Person, bo: Person, talk: int, tmp_path: Path, scripts: bool
) -> None:
    film = tmp_path / "film.bin"
    film.write_bytes(os.urandom(MAX_SIZE))
    sender = browse(ana, scripts=scripts)
    sender.page.add_init_script(RECORD_PROGRESS)
    sender.open(f"/messaging/{talk}").limit_upload_speed(15_000_000)
    sender.page.get_by_label("Attach files").set_input_files(film)
    if scripts:
        expect(sender.page.locator(".attachment-list [name=attachment]")).to_be_attached(
            timeout=180_000
        )
        progress = sender.page.evaluate("progress")
        assert any(0 < part < 1 for part, _ in progress)
        assert any(re.fullmatch(r"[\d.]+ of 26 MB · [\d.]+ [kM]B/s", said) for _, said in progress)
    sender.send_button.click(timeout=180_000)
    expect(sender.log.get_by_role("link", name="film.bin")).to_be_visible()
    receiver = browse(bo, scripts=scripts).open(f"/messaging/{talk}")
    with receiver.page.expect_download() as coming:
        receiver.log.get_by_role("link", name="film.bin").click()
    with coming.value.path().open("rb") as got, film.open("rb") as sent:
        assert hashlib.file_digest(got, "sha256").digest() == (
            hashlib.file_digest(sent, "sha256").digest()
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Run a real server, which may close a connection before the upload ends."""
    folder = tmp_path_factory.mktemp("data")
    prepare_data(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    server = ServerProcess(folder, port)
    yield server
    server.kill()


@pytest.fixture
def page(browser: Browser, served: ServerProcess) -> Iterator[Page]:
    """Open a thread without JavaScript, with text in the message field."""
    page = enter(browser, served.url, "ana@example.com", scripts=False)
    page.get_by_role("textbox", name="Write a message").fill("My words")
    yield page
    page.context.close()


def send(page: Page, folder: Path, size: int) -> None:
    """Send a small file and one of `size` bytes."""
    (folder / "plan.txt").write_text("Hello")
    with (folder / "film.bin").open("wb") as made:
        made.truncate(size)
    files = [folder / "plan.txt", folder / "film.bin"]
    page.get_by_label("Attach files").set_input_files(files)
    page.get_by_role("button", name="Send", exact=True).click(timeout=180_000)


@pytest.mark.parametrize("size", [MAX_SIZE + 1, 2 * MAX_SIZE - 1], ids=["one byte", "a lot"])
def test_too_large_file_is_rejected_and_the_rest_is_kept(
    page: Page, tmp_path: Path, size: int
) -> None:
    send(page, tmp_path, size)
    expect(page.locator(".error")).to_contain_text("film.bin is larger than 25 MiB.")
    expect(page.get_by_role("textbox", name="Write a message")).to_have_value("My words")
    expect(page.get_by_role("checkbox", name="plan.txt")).to_be_checked()


def test_signed_out_member_keeps_text_of_an_unread_form(page: Page, tmp_path: Path) -> None:
    page.context.clear_cookies()
    send(page, tmp_path, 6 * MAX_SIZE)
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_text("My words")).to_be_visible()


@pytest.mark.parametrize("path", ["/files", "/messaging/1", "/settings/photo"])
def test_stranger_is_answered_before_the_upload_ends(served: ServerProcess, path: str) -> None:
    address = ("127.0.0.1", int(served.url.rpartition(":")[2]))
    with socket.create_connection(address, timeout=60) as line:
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: linkmsg\r\nContent-Length: {30 << 20}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            'Content-Disposition: form-data; name="files"; filename="x"\r\n\r\n'.encode()
        )
        line.sendall(bytes(128 * 1024))
        assert line.recv(12) in {b"HTTP/1.1 401", b"HTTP/1.1 303"}
