"""Thousands of members, each with a tab, who write to each other at a pace."""

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

from bench.place import BROWSER, PARTIAL, Place
from bench.server import HOST
from bench.tabs import Caller, Hear, Loop, Tab

AT_ONCE = 32  # tabs that open together
OPENED_IN, SETTLED_IN, LATE = 180, 3, 10  # seconds that are waited at most
POSTS = 128  # that wait for an answer at most
NAME = re.compile(rb"send-(\d{8})")
FILLED = "As I said on Thursday, the draft of the budget needs one more look before we meet."


def signed(app: Flask, member_id: int) -> tuple[str, str]:
    """The cookie of a member who is signed in with `Rows.sessions`, and the token of her forms."""
    with app.test_request_context():
        token = generate_csrf()
        kept = {**session, "_user_id": f"token-{member_id}", "_fresh": True, "_permanent": True}
        interface = app.session_interface
        assert isinstance(interface, SecureCookieSessionInterface)
        signer = interface.get_signing_serializer(app)
        assert signer is not None
        return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}", token


@dataclass
class Run:
    """Sends at one pace: by number when each was due, sent, answered and heard."""

    wanted: int
    pairs: int
    due: dict[int, float] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    heard: dict[tuple[int, int], float] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        done = len(self.answered) + len(self.refused)
        return done == len(self.due) and len(self.heard) >= 2 * len(self.answered)

    def __str__(self) -> str:
        took = max(self.sent.values()) - min(self.sent.values())
        arrived = [
            at - self.sent[number]
            for (number, member), at in self.heard.items()
            if member != sender_of(number, self.pairs)
        ]
        answers = [at - self.sent[number] for number, at in self.answered.items()]
        late = [at - self.due[number] for number, at in self.sent.items()]
        return (
            f"{(len(self.sent) - 1) / took:.0f} a second were made, "
            f"{len(self.heard)} of {2 * self.wanted} frames came; "
            f"post to frame {spread(arrived)}; answer {spread(answers)}; "
            f"begun late {spread(late)}"
            + (f"; refused {len(self.refused)}: {self.refused[:3]}" if self.refused else "")
        )


def sender_of(number: int, pairs: int) -> int:
    """Each pair in turn; when all have written, the other of the two."""
    return 2 * (number % pairs) + number // pairs % 2


def spread(times: list[float]) -> str:
    if len(times) < 2:
        return "never"
    parts = quantiles(times, n=100)
    shown = " ".join(f"p{part} {parts[part - 1] * 1000:.0f}" for part in (50, 95, 99))
    return f"{shown} ms"


class Crowd:
    """All members, each with a tab, and the connections over which they send."""

    def __init__(self, busy: Place, port: int) -> None:
        self.port, self.talks, self.loop = port, busy.talks, Loop()
        self.signed = [signed(busy.app, member) for member in range(1, 2 * len(self.talks) + 1)]
        self.tabs: list[Tab] = []
        self.callers: list[Caller] = []
        self.numbers = count()
        self.run = Run(0, len(self.talks))

    def open_tabs(self) -> str:
        """Open a tab of each member, some at once, as of the page that was read last."""
        began, snapshot = time.perf_counter(), self._snapshot()
        opening: list[Tab] = []
        waiting = list(enumerate(self.signed))[::-1]
        while (waiting or opening) and time.perf_counter() - began < OPENED_IN:
            while waiting and len(opening) < AT_ONCE:
                member, (cookie, _) = waiting.pop()
                tab = Tab(self.loop, self.port, cookie, snapshot, self._hearing(member))
                opening.append(tab)
                self.tabs.append(tab)
            self.loop.turn(1)
            opening = [tab for tab in opening if not tab.answer]
        took = time.perf_counter() - began
        settled = time.perf_counter() + SETTLED_IN  # who came is told to the others
        while (left := settled - time.perf_counter()) > 0:
            self.loop.turn(left)
        number = sum(tab.is_open for tab in self.tabs)
        return f"{number} of {len(self.signed)} tabs opened in {took:.1f} s"

    def send(self, pace: int, seconds: int) -> Run:
        """Send at a pace, and wait until all of it has arrived, but not for long."""
        self.run = run = Run(pace * seconds, len(self.talks))
        began = time.perf_counter()
        until = began + seconds + LATE
        for turn in range(run.wanted):
            due = began + turn / pace
            while (left := due - (now := time.perf_counter())) > 0 or not self._may_call():
                self.loop.turn(left if left > 0 else 0.1)
                if now > until:
                    return run
            self._post(next(self.numbers), due)
        while not run.is_over and time.perf_counter() < until:
            self.loop.turn(0.1)
        while not pace and (left := began + seconds - time.perf_counter()) > 0:
            self.loop.turn(left)
        for caller in self.callers:
            caller.hang_up()
        return run

    def _post(self, number: int, due: float) -> None:
        request, caller = self._request(number), self._caller()
        self.run.due[number] = due
        self.run.sent[number] = time.perf_counter()
        caller.ask(number, request)

    def _snapshot(self) -> str:
        """Return the label of the snapshot that a page shows now."""
        connection = HTTPConnection(HOST, self.port, timeout=30)
        connection.request("GET", "/messaging", headers={"Cookie": self.signed[0][0]})
        found = re.search(r'data-snapshot="([^"]+)"', connection.getresponse().read().decode())
        connection.close()
        assert found, "the page does not say which snapshot it shows"
        return found[1]

    def _request(self, number: int) -> bytes:
        cookie, token = self.signed[sender_of(number, len(self.talks))]
        talk = self.talks[number % len(self.talks)]
        text = {"body": f"send-{number:08} {FILLED}", "nonce": f"bench-{number:016}"}
        body = urlencode(text | {"csrf_token": token, "revision": str(10**9)})
        headers = (
            BROWSER
            | PARTIAL
            | {
                "Host": f"{HOST}:{self.port}",
                "Cookie": cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Length": str(len(body)),
            }
        )
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /messaging/{talk} HTTP/1.1\r\n{lines}\r\n{body}".encode()

    def _may_call(self) -> bool:
        return sum(caller.is_busy for caller in self.callers) < POSTS

    def _caller(self) -> Caller:
        for caller in [each for each in self.callers if not each.is_busy and not each.is_kept]:
            caller.hang_up()
        self.callers = [each for each in self.callers if not each.is_gone]
        idle = [each for each in self.callers if not each.is_busy]
        if not idle:
            idle = [Caller(self.loop, self.port, self._done)]
            self.callers += idle
        return idle[-1]

    def _done(self, caller: Caller, status: int, now: float) -> None:
        if status == 200:
            self.run.answered[caller.number] = now
        else:
            self.run.refused.append(status)

    def _hearing(self, member: int) -> Hear:
        def hear(frame: bytes, now: float) -> None:
            for number in map(int, NAME.findall(frame)):
                if number in self.run.due:
                    self.run.heard.setdefault((number, member), now)

        return hear
