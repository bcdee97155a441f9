"""An open page with all frames applied equals the page fetched now.

After Zulip's tests of events. Real htmx applies the frames in a page that stays open, while
members do anything in any order; then the same address is fetched, and both must say the same.
More examples: `pytest tests/browser/test_race.py --race 500`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from playwright.sync_api import Page

from linkmsg.actions import connections, invitations, messages, privacy, profile, reading
from linkmsg.actions.errors import ActionRefused
from linkmsg.config import Settings
from linkmsg.db import db
from linkmsg.live.hub import Hub
from linkmsg.models import Conversation, Invitation
from tests.browser.conftest import Browse
from tests.people import Person, nonce
from tests.support.database_rows import fill_conversation
from tests.support.window import Window

# What is compared: messages by id, rows in order, receipts and counts.
SAID = """(html) => {
    const fetched = html && new DOMParser().parseFromString(html, "text/html");
    const page = fetched || document;
    const shown = (each) => {
        const copy = each.cloneNode(true);
        for (const node of [copy, ...copy.querySelectorAll("*")]) {
            for (const { name } of [...node.attributes])
                if (/^(aria-current|data-htmx|data-mark|data-snapshot|style)/.test(name))
                    node.removeAttribute(name);
            node.classList.remove("marked", "htmx-added", "htmx-settling", "htmx-swapping");
            if (node.matches(".typing")) node.replaceChildren();
        }
        return copy.outerHTML.replace(/ class="([^"]*?) *"/g, ' class="$1"').replace(/\\s+/g, " ");
    };
    const all = (what) => [...page.querySelectorAll(what)].map(shown);
    const log = page.querySelector(".log > ol");
    const messages = log ? [...log.querySelectorAll("[id^=message-]")] : [];
    return {
        live: Boolean(log) && !log.id.endsWith("-past"),
        messages: Object.fromEntries(messages.map((each) => [each.id, shown(each)])),
        seqs: messages.map((each) => Number(each.dataset.seq)),
        receipt: all(".receipt"),
        rows: all("#list .row"),
        counts: all("#unread, #invitations-count").sort(),
        closed: all(".closed .relationship p"),
    };
}"""
MARK = """(id) => {
    const mark = document.createElement("i");
    mark.id = id;
    document.body.append(mark);
}"""
QUIET = """(id) => new Promise((done) => {
    let quiet = 0;
    const look = (left) => {
        const isHere = document.getElementById(id)?.textContent === "here";
        const isBusy = document.querySelector(".htmx-request, .pending") || window.asking > 0;
        quiet = isHere && !isBusy ? quiet + 1 : 0;
        if (quiet > 4 || !left) done(quiet > 4); else setTimeout(look, 30, left - 1);
    };
    look(40);
})"""
COUNT_ASKING = """
    window.asking = 0;
    const ask = window.fetch;
    window.fetch = (...what) => {
        window.asking += 1;
        const end = () => setTimeout(() => { window.asking -= 1; }, 20);
        const answer = ask(...what);
        answer.then(end, end);
        return answer;
    };
"""
PLACES = ["/messaging/{talk}", "/messaging/{talk}?at=2", "/messaging?filter=unread"]
PLACES += ["/messaging/{talk}?filter=unread", "/messaging/{other}"]
PEOPLE = ("Ana", "Bo", "Dee")
NUMBERS = st.integers(0, 60)
ACTS = ("send", "read", "unread", "invite", "answer", "part", "tie", "share", "rename")
EVENTS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.permutations(PEOPLE), NUMBERS), min_size=1, max_size=8
)


class Acts:
    """What members can do, by name; refused actions change nothing."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people

    def do(self, name: str, one: Person, other: Person, number: int) -> None:
        with one.app.app_context():
            try:
                getattr(self, name)(one, other, number)
            except ActionRefused:
                db.session.rollback()

    def talk(self, one: Person, other: Person) -> Conversation:
        found = db.session.scalars(Conversation.of_pair(one.id, other.id)).one_or_none()
        if found is None:
            raise ActionRefused
        return found

    def asked(self, one: Person, other: Person) -> Invitation:
        found = db.session.scalars(Invitation.open_between(one.id, other.id)).one_or_none()
        if found is None:
            raise ActionRefused
        return found

    def send(self, one: Person, other: Person, number: int) -> None:
        messages.start(one.member(), other.member(), f"Number {number}", nonce())

    def read(self, one: Person, other: Person, number: int) -> None:
        reading.read(one.member(), self.talk(one, other).id, number)

    def unread(self, one: Person, other: Person, number: int) -> None:
        reading.mark_unread(one.member(), self.talk(one, other).id)

    def invite(self, one: Person, other: Person, number: int) -> None:
        invitations.invite(one.member(), other.member(), "A note" if number % 2 else "")

    def answer(self, one: Person, other: Person, number: int) -> None:
        id = self.asked(one, other).id
        ways: list[Callable[[], object]] = [
            lambda: invitations.accept(one.member(), id),
            lambda: invitations.reply(one.member(), id, "Who are you?", nonce()),
            lambda: invitations.ignore(one.member(), id),
            lambda: invitations.withdraw(one.member(), id),
        ]
        ways[number % 4]()

    def part(self, one: Person, other: Person, number: int) -> None:
        connections.remove(one.member(), other.member())

    def tie(self, one: Person, other: Person, number: int) -> None:
        connections.connect(one.member(), other.member())

    def share(self, one: Person, other: Person, number: int) -> None:
        privacy.change(one.member(), reading=bool(number % 3), presence=bool(number % 2))

    def rename(self, one: Person, other: Person, number: int) -> None:
        name = f"{one.name.split()[0]} Name{number % 5}"
        profile.edit(one.member(), profile.Profile(name=name, handle=one.handle))


def settle(page: Page, app: Flask, viewer: Person, number: int) -> None:
    """Wait until all frames so far are applied and no request is under way."""
    page.evaluate(MARK, f"mark-{number}")
    for _ in range(60):
        with app.app_context():
            Hub.current().send(viewer.id, f'<i id="mark-{number}" hx-swap-oob="true">here</i>')
        if page.evaluate(QUIET, f"mark-{number}"):
            return
    busy = "[...document.querySelectorAll('.htmx-request, .pending')].map((each) => each.outerHTML)"
    state = [page.url, page.evaluate("window.asking"), page.evaluate(busy)]
    raise AssertionError(f"the page does not come to rest: {state}")


def same(page: dict[str, Any], fetched: dict[str, Any]) -> None:
    """Assert that both pages agree, without missing or duplicate messages."""
    held = page["messages"]
    assert page["seqs"] == sorted(set(page["seqs"]))
    assert page["seqs"] == list(range(page["seqs"][0], page["seqs"][-1] + 1)) if held else True
    for id, html in fetched["messages"].items():
        if page["live"] or id in held:
            assert held.get(id) == html
    if page["live"] and fetched["live"]:
        assert page["receipt"] == fetched["receipt"]
    for what in ("rows", "counts", "closed"):
        assert "\n".join(page[what]) == "\n".join(fetched[what])


@pytest.fixture
def settings(database_url: str, tmp_path: Any) -> Settings:
    made = Settings(data_dir=tmp_path, database_url=database_url, secret_key="of the tests")
    return replace(made, withdrawn_wait=0, invitations_daily=99_999, invitations_weekly=99_999)


@pytest.mark.proof
def test_page_with_frames_equals_the_reloaded_page(
    request: pytest.FixtureRequest,
    app: Flask,
    browse: Browse,
    ana: Person,
    bo: Person,
    dee: Person,
    talk: int,
) -> None:
    people = {"Ana": ana, "Bo": bo, "Dee": dee}
    fill_conversation(ana, bo, talk, 60)
    windows: dict[str, Window] = {}
    for name, person in people.items():
        windows[name] = browse(person)
        windows[name].expect_error("status of 404", "status of 403", "htmx")
        windows[name].page.add_init_script(COUNT_ASKING)
    acts, runs = Acts(people), iter(range(10**9))

    @given(events=EVENTS, viewer=st.sampled_from(PEOPLE), place=st.sampled_from(PLACES))
    @hypothesis_settings(request.config.getoption("--race"), request.config.getoption("--again"))
    def race(events: Any, viewer: str, place: str) -> None:
        person, window, number = people[viewer], windows[viewer], next(runs)
        path = path_of(place, acts, person, people)
        window.open(path).expect_live()
        for name, (one, other, _), amount in events:
            acts.do(name, people[one], people[other], amount)
        settle(window.page, app, person, number)
        page = window.page.evaluate(SAID, "")
        same(page, window.page.evaluate(SAID, person.get(path).text))

    race()


def path_of(place: str, acts: Acts, person: Person, people: dict[str, Person]) -> str:
    """Return the address of a place for a viewer who has such a conversation, else the inbox."""
    with person.app.app_context():
        mine = [
            found.id
            for other in people.values()
            if other.id != person.id
            and (
                found := db.session.scalars(Conversation.of_pair(person.id, other.id)).one_or_none()
            )
        ]
    if not mine:
        return "/messaging"
    return place.format(talk=mine[0], other=mine[-1])


def hypothesis_settings(examples: int, runs: int) -> Any:
    """Return settings without a deadline, with the same examples unless more are asked for."""
    return hypothesis(
        max_examples=examples,
        deadline=None,
        derandomize=examples <= 30 and runs == 1,
        suppress_health_check=list(HealthCheck),
    )
