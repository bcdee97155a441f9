"""From a started server with no data to the first answer of a second member, in few clicks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.server_process import ServerProcess

PASSWORD = "a short sentence works"
ADMIN_CLICKS, MEMBER_CLICKS = 6, 3


@dataclass
class Clicks:
    """A person's page, and how often they have clicked; opening an address counts as a click."""

    page: Page
    count: int = 0

    def open(self, address: str) -> None:
        """Click an address where it stands, in the log of the server or in a mail."""
        self.count += 1
        self.page.goto(address)

    def click(self, target: Locator) -> None:
        self.count += 1
        target.click()

    def button(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name))

    def type(self, **fields: str) -> None:
        """Type into the fields of a form; their labels are the names, with _ for a space."""
        for label, text in fields.items():
            self.page.get_by_label(label.replace("_", " ")).fill(text)

    def write(self, text: str) -> None:
        """Type a message and send it."""
        self.page.get_by_role("textbox", name="Write a message").fill(text)
        self.click(self.page.get_by_role("button", name="Send", exact=True))

    def expect_messages(self, *texts: str) -> None:
        expect(self.page.locator(".msg .text")).to_have_text(list(texts))


@pytest.fixture
def process(tmp_path: Path, free_port: int) -> Iterator[ServerProcess]:
    """Run a server on an empty data folder."""
    running = ServerProcess(tmp_path / "data", free_port)
    yield running
    running.kill()


def person(browser: Browser, process: ServerProcess) -> Clicks:
    context = browser.new_context(
        base_url=process.url, permissions=["clipboard-read", "clipboard-write"]
    )
    return Clicks(context.new_page())


def set_up(ana: Clicks, printed: str) -> None:
    """Set up the server at the address in its log, with the token of the log if it is asked for."""
    address = re.search(r"https?://\S+/setup\S*", printed)
    ana.open(address[0] if address else "/setup")
    field = ana.page.get_by_label("Setup token")
    if field.is_visible() and not field.input_value():
        token = re.search(r"token for /setup is (\S+)", printed)
        assert token, printed
        field.fill(token[1])
    ana.type(Network_name="Small Harbour", Your_name="Ana Ruiz")
    ana.type(Your_email="ana@example.com", Password=PASSWORD)
    ana.button("Finish setup")


def test_first_answer_takes_few_clicks(browser: Browser, process: ServerProcess) -> None:
    ana, bo = person(browser, process), person(browser, process)
    set_up(ana, process.log.read_text())
    ana.button("Invite people")
    ana.button("Copy")
    expect(ana.page.get_by_text("Link copied")).to_be_visible()
    expect(ana.page.locator("body[data-connected]")).to_be_attached()

    bo.open(ana.page.evaluate("navigator.clipboard.readText()"))
    bo.type(Your_name="Bo Lindqvist", Email="bo@example.com", Password=PASSWORD)
    bo.button("Create account")
    expect(bo.page.get_by_role("log", name="Conversation with Ana Ruiz")).to_be_visible()

    expect(ana.page.get_by_text("Bo Lindqvist joined by your invite link.")).to_be_visible()
    ana.click(ana.page.get_by_role("link", name=re.compile("^Bo Lindqvist")))
    ana.write("Welcome aboard")
    bo.expect_messages("Welcome aboard")
    bo.write("Glad to be here")
    ana.expect_messages("Welcome aboard", "Glad to be here")
    assert ana.count <= ADMIN_CLICKS
    assert bo.count <= MEMBER_CLICKS
    for context in browser.contexts:
        context.close()


def test_link_is_copied_on_http_and_phones_show_one_page(browse: Browse, admin: Person) -> None:
    window = browse(admin, phone=True)
    # As on http, where browsers have no clipboard.
    window.page.add_init_script("delete Navigator.prototype.clipboard")
    window.open("/messaging")
    expect(window.page.get_by_role("heading", name="Welcome to")).to_be_visible()
    expect(window.page.get_by_role("heading", name="No messages yet")).to_be_hidden()
    expect(window.page.locator("#list-q")).to_be_hidden()
    window.button("Invite people").tap()
    window.button("Copy").tap()
    expect(window.page.get_by_text("Link copied")).to_be_visible()
    address = window.page.get_by_role("textbox", name="Invite link").input_value()
    nia = browse(phone=True).open(address)
    nia.page.get_by_label("Your name").fill("Nia Novak")
    nia.page.get_by_label("Email").fill("nia@example.com")
    nia.page.get_by_label("Password").fill(PASSWORD)
    nia.button("Create account").tap()
    expect(nia.field).to_be_visible()
    expect(window.row("Nia Novak")).to_be_visible()
    expect(window.page.locator("#thread")).to_be_hidden()


def test_copy_button_needs_javascript_and_the_link_does_not(browse: Browse, admin: Person) -> None:
    window = browse(admin, scripts=False).open("/messaging")
    window.button("Invite people").click()
    expect(window.button("Copy")).to_be_hidden()
    expect(window.page.get_by_role("textbox", name="Invite link")).to_have_value(
        re.compile("/sign-up\\?invite=")
    )
