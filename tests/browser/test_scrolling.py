"""A long thread loads pages in both directions without jumping."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.database_rows import fill_conversation
from tests.support.window import Window

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LENGTH = 300
# Scrolls to an end of the loaded messages; returns the position of one in view there.
GO = """(log, end) => {
    log.scrollTop = end === "top" ? -log.scrollHeight : log.scrollHeight;
    const top = (each) => each.getBoundingClientRect().top;
    const seen = [...log.querySelectorAll(".msg")].find((each) => top(each) >= top(log));
    return { id: seen.id, top: top(seen) };
}"""
TOP = "(log, id) => document.getElementById(id).getBoundingClientRect().top"


@pytest.fixture
def texts(ana: Person, bo: Person, talk: int) -> list[str]:
    """Return all texts of a conversation that is seven pages long."""
    return fill_conversation(ana, bo, talk, LENGTH)


def load_all(window: Window, end: str) -> list[float]:
    """Load all pages at an end; return how far each moved the message in view."""
    more = window.log.locator(f"[id^={'older' if end == 'top' else 'later'}-]")
    moved = []
    while more.count():
        page = more.locator("a").get_attribute("href")
        place: dict[str, Any] = window.log.evaluate(GO, end)
        expect(window.log.locator(f"a[href='{page}']")).to_have_count(0)
        moved.append(window.log.evaluate(TOP, place["id"]) - place["top"])
    return moved


def test_long_thread_loads_older_pages_without_a_jump(
    browse: Browse, ana: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    expect(window.texts.last).to_have_text(texts[-1])
    expect(window.texts.last).to_be_in_viewport(ratio=1)
    moved = load_all(window, "top")
    assert len(moved) >= 5
    assert max(map(abs, moved)) < 1
    assert window.texts.all_text_contents() == texts
    window.log.evaluate(GO, "top")
    expect(window.texts.first).to_be_in_viewport(ratio=1)
    window.write("The newest of all")
    expect(window.texts.last).to_have_text("The newest of all")
    expect(window.texts.last).to_be_in_viewport(ratio=1)


def test_address_of_old_message_loads_pages_both_ways(
    browse: Browse, ana: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana).open(f"/messaging/{talk}?at=150")
    marked = window.log.locator(".marked")
    expect(marked).to_have_count(1)
    expect(marked).to_have_attribute("data-seq", "150")
    expect(marked).to_be_in_viewport(ratio=1)
    moved = load_all(window, "bottom") + load_all(window, "top")
    assert max(map(abs, moved)) < 1
    assert window.texts.all_text_contents() == texts


def test_message_sent_from_an_old_place_opens_the_newest(
    browse: Browse, ana: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana).open(f"/messaging/{talk}?at=20")
    window.write("Back to now")
    expect(window.page).to_have_url(re.compile(rf"/messaging/{talk}$"))
    expect(window.texts.last).to_have_text("Back to now")
    expect(window.texts.filter(has_text="Back to now")).to_have_count(1)
    expect(window.texts.nth(-2)).to_have_text(texts[-1])


def pages(window: Window, link: str) -> list[list[str]]:
    """Follow a link from page to page; return the texts of each."""
    found = [window.texts.all_text_contents()]
    while window.link(link).count():
        with window.page.expect_navigation():
            window.link(link).click()
        found.append(window.texts.all_text_contents())
    return found


def flat(found: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(found))


def test_links_reach_every_message_without_scripts(
    browse: Browse, ana: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana, scripts=False).open(f"/messaging/{talk}")
    expect(window.texts.last).to_be_in_viewport(ratio=1)
    assert flat(reversed(pages(window, "Show older messages"))) == texts
    window.open(f"/messaging/{talk}?at=150")
    expect(window.log.locator(".marked")).to_have_attribute("data-seq", "150")
    newer = flat(pages(window, "Show newer messages"))
    assert newer[0] == texts[150 - 1 - 20]
    assert newer == texts[-len(newer) :]


def test_arriving_messages_do_not_scroll_an_old_place(
    browse: Browse, ana: Person, bo: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    place = window.log.evaluate(GO.replace("-log.scrollHeight", "-500"), "top")
    fill_conversation(bo, ana, talk, LENGTH + 3)
    window.catch_up()
    expect(window.texts.filter(has_text=f"Number {LENGTH + 3}")).to_have_count(1)
    assert abs(window.log.evaluate(TOP, place["id"]) - place["top"]) < 1


def test_button_leads_to_the_newest_and_is_gone_there(
    browse: Browse, ana: Person, bo: Person, talk: int, texts: list[str]
) -> None:
    window = browse(ana, phone=True).open(f"/messaging/{talk}")
    window.expect_live()
    button = window.link("Newest messages")
    expect(button).to_be_hidden()
    window.log.evaluate("log => { log.scrollTop = -1.5 * log.clientHeight; }")
    expect(button).to_be_visible()
    box, composer = button.bounding_box(), window.page.locator(".composer").bounding_box()
    assert box
    assert composer
    assert box["height"] >= 44
    assert box["y"] + box["height"] < composer["y"]
    button.tap()
    expect(window.texts.last).to_be_in_viewport(ratio=1)
    expect(button).to_be_hidden()
    window.log.evaluate("log => { log.scrollTop = -30; }")
    people.talk(bo, ana, "Just below")
    expect(window.texts.last).to_have_text("Just below")
    expect(window.texts.last).to_be_in_viewport(ratio=1)
    expect(button).to_be_hidden()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_slow_page_shows_the_log_only_when_complete(
    browse: Browse, ana: Person, talk: int, texts: list[str], scripts: bool
) -> None:
    window = browse(ana, phone=True, scripts=scripts)
    rest = Event()
    with halved(ana.app, texts[-10], rest):
        window.page.goto(f"/messaging/{talk}", wait_until="commit")
        expect(window.page.locator(".log")).to_contain_text(texts[-20])
        expect(window.page.get_by_role("heading", name="Bo Lindqvist")).to_be_visible()
        expect(window.page.locator(".log")).to_be_hidden()
        expect(window.page.locator(".rail")).to_be_hidden()
        rest.set()
        expect(window.texts.last).to_have_text(texts[-1])
    expect(window.texts.last).to_be_in_viewport()
    expect(window.field).to_be_visible()


@contextmanager
def halved(app: Flask, at: str, rest: Event) -> Iterator[None]:
    """Send pages up to a text, and the rest when the event is set."""
    whole = app.wsgi_app

    def slow(environ: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        head, mark, tail = b"".join(whole(environ, start)).partition(at.encode())
        yield head
        if mark:
            rest.wait(60)
            yield mark + tail

    app.wsgi_app = slow  # type: ignore[method-assign]
    yield
    app.wsgi_app = whole  # type: ignore[method-assign]
