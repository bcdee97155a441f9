"""What is typed and not sent stays in the browser for its member, in all tabs and when closed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import message_bodies
from tests.support.live_server import LiveServer
from tests.support.window import PageErrors, Window, abort_posts

UNREACHABLE = ("net::ERR_", "Failed to fetch", "htmx:error", "WebSocket connection")
FULL = """Storage.prototype.fill = function () {
    for (let size = 2 ** 22; size; size = size >> 1) {
        try { this.setItem("filler", (this.getItem("filler") ?? "") + "x".repeat(size)); } catch {}
    }
}"""
FORBIDDEN = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(
    window, name, { get() { throw new DOMException("forbidden", "SecurityError"); } })"""

Reopen = Callable[[], list[Window]]


@pytest.fixture
def reopen(
    playwright: Playwright,
    browser_type_launch_args: dict[str, Any],
    server: LiveServer,
    ana: Person,
    tmp_path: Path,
) -> Iterator[Reopen]:
    """Return a function that closes Ana's browser and opens it again, with two tabs."""
    faults, contexts = PageErrors(), []
    faults.expected += UNREACHABLE
    assert ana.client.get("/messaging").status_code == 200
    cookie = ana.client.get_cookie("session")
    assert cookie

    def open_again() -> list[Window]:
        while contexts:
            contexts.pop().close()
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "profile", **browser_type_launch_args, base_url=server.url
        )
        contexts.append(context)
        context.set_default_timeout(60_000)
        faults.watch(context)
        context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
        return [Window(context.new_page(), faults) for _ in range(2)]

    yield open_again
    contexts.pop().close()
    assert faults.unexpected() == []


def test_closed_browser_keeps_draft_and_sends_what_waited(
    reopen: Reopen, server: LiveServer, ana: Person, talk: int
) -> None:
    [window, _] = reopen()
    window.open(f"/messaging/{talk}").expect_live()
    window.page.context.set_offline(True)
    for text in ("One", "Two", "Three"):
        window.write(text)
    expect(window.log.locator(".pending").get_by_text("You’re offline.")).to_have_count(3)
    window.field.fill("Half a thought")
    tabs = reopen()
    assert message_bodies(ana)[2:] == []
    tabs[0].page.goto("/messaging", wait_until="commit")
    tabs[1].page.goto("/settings/profile", wait_until="commit")
    tabs[0].wait_until(lambda: len(message_bodies(ana)) == 5)
    tabs[0].wait_until(lambda: len(tabs[0].stored_drafts()) == 1)
    assert message_bodies(ana)[2:] == ["One", "Two", "Three"]
    expect(tabs[0].row("Bo Lindqvist")).to_contain_text("Draft: Half a thought")
    tabs[0].row("Bo Lindqvist").click()
    expect(tabs[0].field).to_have_value("Half a thought")
    expect(tabs[0].texts).to_have_text(["Hello Bo", "Hello Ana", "One", "Two", "Three"])
    expect(tabs[0].log.locator(".pending, .failed")).to_have_count(0)


def test_tabs_show_the_same_draft_and_send_each_message_once(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    other = window.new_tab().open(f"/messaging/{talk}")
    other.expect_live()
    window.field.press_sequentially("Written here")
    expect(other.field).to_have_value("Written here")
    other.field.press_sequentially(", and there")
    expect(window.field).to_have_value("Written here, and there")
    window.page.context.set_offline(True)
    window.send_button.click()
    expect(other.field).to_have_value("")
    other.write("From the other")
    for tab in (window, other):
        expect(tab.log.locator(".pending").get_by_text("You’re offline.")).to_have_count(2)
    window.page.context.set_offline(False)
    for tab in (window, other):
        expect(tab.texts.last).to_have_text("From the other")
        expect(tab.log.locator(".pending, .failed")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["Written here, and there", "From the other"]
    assert window.stored_drafts() == []


def test_tab_takes_over_from_a_closed_one(browse: Browse, ana: Person, talk: int) -> None:
    first = browse(ana).open(f"/messaging/{talk}")
    first.expect_error(*UNREACHABLE)
    other = first.new_tab().open("/settings/profile")
    other.expect_live()
    first.page.context.route(f"**/messaging/{talk}", abort_posts)
    first.write("Somebody send me")
    expect(first.log.locator(".pending")).to_contain_text("can’t be reached")
    first.page.close()
    other.page.context.unroute_all()
    other.wait_until(lambda: message_bodies(ana)[2:] == ["Somebody send me"])
    other.wait_until(lambda: other.stored_drafts() == [])


def test_another_member_never_sees_or_sends_drafts(
    browse: Browse, server: LiveServer, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error("status of 401", "status of 400", *UNREACHABLE)
    window.page.route(f"**/messaging/{talk}", abort_posts)
    window.write("Only Ana may send this")
    window.field.fill("Only Ana may read this")
    window.wait_until(lambda: len(window.stored_drafts()) == 2)
    other = window.new_tab()
    assert bo.client.get("/messaging").status_code == 200
    cookie = bo.client.get_cookie("session")
    assert cookie
    window.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": server.url}])
    other.open(f"/messaging/{talk}").expect_live()
    expect(other.texts).to_have_text(["Hello Bo", "Hello Ana"])
    expect(other.field).to_have_value("")
    assert other.stored_drafts() == []
    window.page.unroute_all()
    # The page that Ana left open shows what Bo may see.
    expect(window.field).to_have_value("")
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    assert message_bodies(ana)[2:] == []


@pytest.mark.parametrize("storage", [FULL, FORBIDDEN], ids=["full", "forbidden"])
def test_without_storage_the_tab_keeps_the_draft(
    browse: Browse, ana: Person, talk: int, storage: str
) -> None:
    window = browse(ana)
    window.page.context.add_init_script(storage)
    window.open(f"/messaging/{talk}").expect_live()
    if storage == FULL:
        window.page.evaluate("localStorage.fill()")
    window.field.fill("Half a thought " * 20)
    if storage == FULL:
        assert window.page.evaluate("Object.keys(sessionStorage).length") == 1
        window.page.reload()
    else:
        window.row("Bo Lindqvist").click()
    expect(window.field).to_have_value("Half a thought " * 20)
    window.send_button.click()
    expect(window.texts.last).to_have_text(("Half a thought " * 20).strip())
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    assert len(message_bodies(ana)) == 3
    window.open("/search?q=hello")
    expect(window.page.locator("#results .hit")).not_to_have_count(0)


def test_first_message_reply_and_note_keep_their_drafts(
    app: Any, browse: Browse, ana: Person, bo: Person, cy: Person
) -> None:
    first, note = f"/messaging/new?to={bo.handle}", f"/in/{cy.handle}/connect"
    window = browse(ana)
    for address, text in ((first, "My first words"), (note, "We met in Lund")):
        window.open(address)
        window.page.locator("textarea").fill(text)
        window.wait_until(lambda: text in str(window.stored_drafts()))  # noqa: B023
    for address, text in ((first, "My first words"), (note, "We met in Lund")):
        window.open("/messaging").open(address)
        expect(window.page.locator("textarea")).to_have_value(text)
    window.button("Send invitation").click()
    expect(window.page).not_to_have_url(note)
    window.wait_until(lambda: len(window.stored_drafts()) == 1)
    people.talk(bo, ana, "I was faster")
    window.open(first)
    expect(window.texts).to_have_text(["I was faster"])
    expect(window.field).to_have_value("My first words")
    window.send_button.click()
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana) == ["I was faster", "My first words"]
    assert window.stored_drafts() == []


def test_sent_first_message_leaves_no_draft(browse: Browse, ana: Person, bo: Person) -> None:
    window = browse(ana).open(f"/messaging/new?to={bo.handle}")
    window.field.fill("My first words")
    window.wait_until(lambda: len(window.stored_drafts()) == 1)
    window.send_button.click()
    expect(window.texts).to_have_text(["My first words"])
    window.wait_until(lambda: window.stored_drafts() == [])
    expect(window.field).to_have_value("")
