"""The server is killed during a conversation and restarted."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.server_process import ServerProcess, enter, prepare_data


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Write a message").fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


@pytest.mark.proof
def test_killed_server_loses_no_message(browser: Browser, tmp_path: Path, free_port: int) -> None:
    prepare_data(tmp_path)
    server = ServerProcess(tmp_path, free_port)
    try:
        ana = enter(browser, server.url, "ana@example.com")
        bo = enter(browser, server.url, "bo@example.com")
        write(ana, "Before")
        expect(bo.locator(".msg .text").last).to_have_text("Before")
        server.kill()
        write(ana, "While it was gone")
        write(bo, "Bo too")
        server.start()
        for page in (ana, bo):
            expect(page.locator(".msg .text")).to_have_count(4, timeout=180_000)
            expect(page.locator(".log .pending, .log .failed")).to_have_count(0, timeout=180_000)
        assert (
            ana.locator(".msg .text").all_inner_texts()
            == bo.locator(".msg .text").all_inner_texts()
        )
    finally:
        server.kill()
        for context in browser.contexts:
            context.close()
