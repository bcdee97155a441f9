"""Simulate thousands of members: each has a tab open, and they send at a given rate."""

import re
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from statistics import quantiles
from urllib.parse import urlencode

from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from bench.instances import BROWSER_HEADERS, PARTIAL_HEADERS, BenchInstance
from bench.server_process import HOST
from bench.tab_clients import EventLoop, OnFrame, PostClient, TabClient

OPENING_AT_ONCE = 32  # tabs that connect at the same time
OPEN_TIMEOUT, SETTLE_TIME, DRAIN_TIMEOUT = 180, 3, 10  # seconds
MAX_PENDING_POSTS = 128  # unanswered at the same time
SEND_NUMBER = re.compile(rb"send-(\d{8})")
MESSAGE_TEXT = "As I said on Thursday, the draft of the budget needs one more look before we meet."


def sign_in_directly(app: Flask, member_id: int) -> tuple[str, str]:
    """Return the session cookie and CSRF token of a member, without the sign-in page.

    Their session must have been inserted by `RowWriter.sessions`.
    """
    with app.test_request_context():
        token = generate_csrf()
        data = {**session, "_user_id": f"token-{member_id}", "_fresh": True, "_permanent": True}
        interface = app.session_interface
        assert isinstance(interface, SecureCookieSessionInterface)
        signer = interface.get_signing_serializer(app)
        assert signer is not None
        return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(data)}", token


@dataclass
class LoadRun:
    """The times of messages sent at one rate, in seconds by the number of the message.

    `due` is when it was to be sent. `received` is by number and member, as both members get it.
    """

    count: int
    pairs: int
    due: dict[int, float] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    received: dict[tuple[int, int], float] = field(default_factory=dict)
    errors: list[int] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        done = len(self.answered) + len(self.errors)
        return done == len(self.due) and len(self.received) >= 2 * len(self.answered)

    def __str__(self) -> str:
        took = max(self.sent.values()) - min(self.sent.values())
        arrived = [
            at - self.sent[number]
            for (number, member), at in self.received.items()
            if member != sender_of(number, self.pairs)
        ]
        answers = [at - self.sent[number] for number, at in self.answered.items()]
        late = [at - self.due[number] for number, at in self.sent.items()]
        return (
            f"{(len(self.sent) - 1) / took:.0f} sent per second, "
            f"{len(self.received)} of {2 * self.count} frames received; "
            f"post to frame {percentiles(arrived)}; answer {percentiles(answers)}; "
            f"sent late by {percentiles(late)}"
            + (f"; errors {len(self.errors)}: {self.errors[:3]}" if self.errors else "")
        )


def sender_of(number: int, pairs: int) -> int:
    """Return the index of the member who sends a message: two members take turns in each pair."""
    return 2 * (number % pairs) + number // pairs % 2


def percentiles(times: list[float]) -> str:
    if len(times) < 2:
        return "none"
    cuts = quantiles(times, n=100)
    values = " ".join(f"p{part} {cuts[part - 1] * 1000:.0f}" for part in (50, 95, 99))
    return f"{values} ms"


class LoadGenerator:
    """The WebSockets of all members' tabs, and the HTTP connections to send messages."""

    def __init__(self, busy: BenchInstance, port: int) -> None:
        self.port, self.conversation_ids, self.loop = port, busy.conversation_ids, EventLoop()
        members = range(1, 2 * len(self.conversation_ids) + 1)
        self.credentials = [sign_in_directly(busy.app, member) for member in members]
        self.tabs: list[TabClient] = []
        self.posts: list[PostClient] = []
        self.numbers = count()
        self.run = LoadRun(0, len(self.conversation_ids))

    def open_tabs(self) -> str:
        """Open a tab for each member, a few at a time; return a sentence on how long it took."""
        began, snapshot = time.perf_counter(), self._fetch_snapshot()
        opening: list[TabClient] = []
        waiting = list(enumerate(self.credentials))[::-1]
        while (waiting or opening) and time.perf_counter() - began < OPEN_TIMEOUT:
            while waiting and len(opening) < OPENING_AT_ONCE:
                member, (cookie, _) = waiting.pop()
                listener = self._frame_listener(member)
                tab = TabClient(self.loop, self.port, cookie, snapshot, listener)
                opening.append(tab)
                self.tabs.append(tab)
            self.loop.turn(1)
            opening = [tab for tab in opening if not tab.status]
        took = time.perf_counter() - began
        settled = time.perf_counter() + SETTLE_TIME  # presence is broadcast meanwhile
        while (left := settled - time.perf_counter()) > 0:
            self.loop.turn(left)
        number = sum(tab.is_open for tab in self.tabs)
        return f"{number} of {len(self.credentials)} tabs opened in {took:.1f} s"

    def send(self, rate: int, seconds: int) -> LoadRun:
        """Send `rate` messages per second for some seconds, and return all times.

        Wait at most DRAIN_TIMEOUT seconds until all have arrived. With the rate 0 only wait.
        """
        self.run = run = LoadRun(rate * seconds, len(self.conversation_ids))
        began = time.perf_counter()
        until = began + seconds + DRAIN_TIMEOUT
        for turn in range(run.count):
            due = began + turn / rate
            while (left := due - (now := time.perf_counter())) > 0 or not self._can_post():
                self.loop.turn(left if left > 0 else 0.1)
                if now > until:
                    return run
            self._post(next(self.numbers), due)
        while not run.is_over and time.perf_counter() < until:
            self.loop.turn(0.1)
        while not rate and (left := began + seconds - time.perf_counter()) > 0:
            self.loop.turn(left)
        for caller in self.posts:
            caller.close()
        return run

    def _post(self, number: int, due: float) -> None:
        request, caller = self._request(number), self._idle_connection()
        self.run.due[number] = due
        self.run.sent[number] = time.perf_counter()
        caller.send(number, request)

    def _fetch_snapshot(self) -> str:
        """Return the label of the database state that a page loaded now shows."""
        connection = HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", "/messaging", headers={"Cookie": self.credentials[0][0]})
        found = re.search(r'data-snapshot="([^"]+)"', connection.getresponse().read().decode())
        connection.close()
        assert found, "the page has no data-snapshot attribute"
        return found[1]

    def _request(self, number: int) -> bytes:
        cookie, token = self.credentials[sender_of(number, len(self.conversation_ids))]
        conversation_id = self.conversation_ids[number % len(self.conversation_ids)]
        text = {"body": f"send-{number:08} {MESSAGE_TEXT}", "nonce": f"bench-{number:016}"}
        body = urlencode(text | {"csrf_token": token, "revision": str(10**9)})
        headers = (
            BROWSER_HEADERS
            | PARTIAL_HEADERS
            | {
                "Host": f"{HOST}:{self.port}",
                "Cookie": cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        )
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /messaging/{conversation_id} HTTP/1.1\r\n{lines}\r\n{body}".encode()

    def _can_post(self) -> bool:
        return sum(caller.is_busy for caller in self.posts) < MAX_PENDING_POSTS

    def _idle_connection(self) -> PostClient:
        for caller in [each for each in self.posts if not each.is_busy and not each.is_reusable]:
            caller.close()
        self.posts = [each for each in self.posts if not each.is_closed]
        idle = [each for each in self.posts if not each.is_busy]
        if not idle:
            idle = [PostClient(self.loop, self.port, self._record_answer)]
            self.posts += idle
        return idle[-1]

    def _record_answer(self, caller: PostClient, status: int, now: float) -> None:
        if status == 200:
            self.run.answered[caller.number] = now
        else:
            self.run.errors.append(status)

    def _frame_listener(self, member: int) -> OnFrame:
        def receive(frame: bytes, now: float) -> None:
            for number in map(int, SEND_NUMBER.findall(frame)):
                if number in self.run.due:
                    self.run.received.setdefault((number, member), now)

        return receive
