"""A browser window of a person, and its errors."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

TELL = """addEventListener("securitypolicyviolation", (fault) => console.error(
    `policy: ${fault.violatedDirective} ${fault.blockedURI} ${fault.sourceFile}`))"""


@dataclass
class PageErrors:
    """Errors of the console, of scripts and of the content policy."""

    seen: list[str] = field(default_factory=list)
    # Chromium's messages about pages left during a transition or before a socket opened.
    expected: list[str] = field(
        default_factory=lambda: ["Transition was ", "closed before the connection is established"]
    )

    def watch(self, context: BrowserContext) -> None:
        """Record the errors of every page of a browser."""
        context.add_init_script(TELL)
        context.on("weberror", lambda fault: self.seen.append(f"script: {fault.error}"))
        context.on(
            "console",
            lambda said: (
                said.type in {"error", "warning"}
                and self.seen.append(f"{said.text} ({said.location['url']})")
            ),
        )

    def unexpected(self) -> list[str]:
        """Return the errors that the test does not expect."""
        return [fault for fault in self.seen if not any(part in fault for part in self.expected)]


@dataclass
class Window:
    """A page of the app, with names for what is on it."""

    page: Page
    faults: PageErrors

    def expect_error(self, *parts: str) -> None:
        """Expect errors that contain these parts."""
        self.faults.expected += parts

    def open(self, address: str) -> "Window":
        """Open an address."""
        self.page.goto(address)
        return self

    def new_tab(self) -> "Window":
        """Open another tab of the same browser."""
        return Window(self.page.context.new_page(), self.faults)

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Write a message")

    @property
    def send_button(self) -> Locator:
        return self.page.get_by_role("button", name="Send", exact=True)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("list", name="Conversations").locator(".row")

    @property
    def texts(self) -> Locator:
        """Return the texts of the messages in the log."""
        return self.log.locator(".msg .text")

    @property
    def connection_status(self) -> Locator:
        """Return the visible connection status."""
        return self.page.locator(".connection").filter(visible=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def row(self, name: str) -> Locator:
        """Return the link of a conversation in the inbox."""
        return self.rows.get_by_role("link", name=re.compile(f"^{name}"))

    def write(self, text: str) -> None:
        """Write a message and send it with the button."""
        self.field.fill(text)
        self.send_button.click()

    def send(self, text: str) -> None:
        """Write a message, send it, and wait until it has arrived."""
        self.write(text)
        expect(self.texts.last).to_have_text(text)
        expect(self.log.locator(".pending, .failed")).to_have_count(0)

    @contextmanager
    def hold_requests(self, address: str) -> Iterator[list[Route]]:
        """Hold requests to an address back meanwhile; yield them as they come."""
        held: list[Route] = []
        kept: list[Route] | None = held

        def keep(route: Route) -> None:
            if kept is None:
                route.continue_()
            else:
                kept.append(route)

        self.page.route(address, keep)
        yield held
        kept = None
        for route in held:
            route.continue_()

    def without_socket(self) -> "Window":
        """Refuse sockets, so that the page polls."""
        self.page.route_web_socket(re.compile("/live"), lambda socket: socket.close())
        return self

    def expect_live(self) -> None:
        """Wait until the page has its socket."""
        expect(self.page.locator("body[data-connected]")).to_be_attached()

    def wait_until(self, is_so: Callable[[], bool], within: float = 120) -> None:
        """Wait for a condition that the page does not show, up to `within` seconds."""
        for _ in range(round(within * 20)):
            if is_so():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the condition did not come true")

    def limit_upload_speed(self, pace: int) -> "Window":
        """Limit the upload speed in bytes a second."""
        line = self.page.context.new_cdp_session(self.page)
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": pace}
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        return self

    def catch_up(self) -> None:
        """Make the page ask for news now."""
        self.page.evaluate("document.body.dispatchEvent(new CustomEvent('catch-up'))")

    def stored_drafts(self) -> list[str]:
        """Return what this tab stores of drafts and unsent messages."""
        kept: list[str] = self.page.evaluate("Object.values(sessionStorage)")
        return kept
