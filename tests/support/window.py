"""A page in a real browser, with names for its parts, and the errors that it reports."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

TELL = """addEventListener("securitypolicyviolation", (fault) => console.error(
    `policy: ${fault.violatedDirective} ${fault.blockedURI} ${fault.sourceFile}`))"""

STORED = """[localStorage, sessionStorage].flatMap((place) =>
    Object.keys(place).filter((key) => key.startsWith("linkmsg:")).map((key) => place[key]))"""


def abort_posts(route: Route) -> None:
    """Abort POST requests to an address, and let others through."""
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


@dataclass
class PageErrors:
    """The errors and warnings in a browser's console, of scripts and of content policies."""

    seen: list[str] = field(default_factory=list)
    # Chromium's messages about pages left during a transition or before a socket opened.
    expected: list[str] = field(
        default_factory=lambda: ["Transition was ", "closed before the connection is established"]
    )

    def watch(self, context: BrowserContext) -> None:
        """Record from now on the errors of every page of a browser."""
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
        """Return the errors that contain no text in `expected`."""
        return [fault for fault in self.seen if not any(part in fault for part in self.expected)]


@dataclass
class Window:
    """A page of the app in a browser, with properties for its parts and methods to use it."""

    page: Page
    faults: PageErrors

    def expect_error(self, *parts: str) -> None:
        """Let the browser report errors that contain one of these texts."""
        self.faults.expected += parts

    def open(self, address: str) -> "Window":
        """Open an address in this tab."""
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
        """Return the elements with the texts of the conversation's messages."""
        return self.log.locator(".msg .text")

    @property
    def connection_status(self) -> Locator:
        """Return the element that says whether the page is connected, if it is visible."""
        return self.page.locator(".connection").filter(visible=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name)

    def row(self, name: str) -> Locator:
        """Return the link of the conversation in the inbox whose label begins with a name."""
        return self.rows.get_by_role("link", name=re.compile(f"^{name}"))

    def write(self, text: str) -> None:
        """Write a message and click the send button, without waiting for the result."""
        self.field.fill(text)
        self.send_button.click()

    def send(self, text: str) -> None:
        """Write a message, send it, and wait until the page shows it as sent."""
        self.write(text)
        expect(self.texts.last).to_have_text(text)
        expect(self.log.locator(".pending, .failed")).to_have_count(0)

    @contextmanager
    def hold_requests(self, address: str) -> Iterator[list[Route]]:
        """Let requests to an address wait until the end of the block; then send them.

        Yield a list to which each is added when the page makes it.
        """
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
        """Close each WebSocket at once, so that the page asks for news at intervals instead."""
        self.page.route_web_socket(re.compile("/live"), lambda socket: socket.close())
        return self

    def expect_live(self) -> None:
        """Wait until the WebSocket of the page is connected."""
        expect(self.page.locator("body[data-connected]")).to_be_attached()

    def wait_until(self, is_so: Callable[[], bool], within: float = 120) -> None:
        """Wait until `is_so` returns true; fail after `within` seconds.

        For conditions that the page does not show; for others use `expect`.
        """
        for _ in range(round(within * 20)):
            if is_so():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("the condition did not come true")

    def limit_upload_speed(self, pace: int) -> "Window":
        """Limit the upload speed of the tab to `pace` bytes per second."""
        line = self.page.context.new_cdp_session(self.page)
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": pace}
        line.send("Network.enable")
        line.send("Network.emulateNetworkConditions", {"offline": False, **speed})
        return self

    def catch_up(self) -> None:
        """Make the page fetch now what it may have missed."""
        self.page.evaluate("document.body.dispatchEvent(new CustomEvent('catch-up'))")

    def stored_drafts(self) -> list[str]:
        """Return what the browser and the tab store: drafts and unsent messages."""
        kept: list[str] = self.page.evaluate(STORED)
        return kept
