"""Every page passes axe in light and dark, and does not scroll sideways at 320 px."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from linkmsg.blueprints.form_pages import PAGES as FORM_PAGES
from linkmsg.blueprints.form_pages import SUFFIX
from linkmsg.web import auth
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.accessibility import accessibility_errors
from tests.support.gallery import TEXT, fill_gallery, invite_newcomers
from tests.support.page_catalog import (
    EMPTY_PAGES,
    GROUPS,
    PAGES,
    PAGES_AFTER_FORMS,
    SIGNED_OUT_PAGES,
    WITHOUT_PAGE,
)
from tests.support.window import Window

SUBMIT = "form => HTMLFormElement.prototype.submit.call(form)"
CLEAR = """form => form.querySelectorAll("input:not([type=hidden], [type=radio]), textarea")
    .forEach((field) => { field.value = ""; })"""
FORM = "main form[method=post]:not([action$=sign-out])"


@pytest.fixture
def ana(app: Flask) -> Person:
    """Create Ana as an admin, who can open every page."""
    return people.join(app, "Ana Ruiz", admin=True)


@pytest.fixture
def window(browse: Browse, request: pytest.FixtureRequest) -> Window:
    """Open a window without animations, for Ana unless the test asks for `nobody`."""
    person = None if "nobody" in request.fixturenames else request.getfixturevalue("ana")
    return browse(person, reduced_motion="reduce", color_scheme="light")


def look(window: Window, *addresses: str) -> dict[str, list[str]]:
    """Return the accessibility errors of pages; `!` after an address submits its form empty."""
    found = {}
    for address in addresses:
        window.open(address.rstrip("!"))
        if address.endswith("!"):
            refused(window)
        found[address] = accessibility_errors(window.page)
    return {address: each for address, each in found.items() if each}


def refused(window: Window, *, clear: bool = True) -> None:
    """Submit the first form without validation in the browser, and wait for its errors."""
    window.expect_error("status of 422")
    form = window.page.locator(FORM).first
    if clear:
        form.evaluate(CLEAR)
    form.evaluate(SUBMIT)
    expect(window.page.locator(f"{FORM} .error").first).to_be_visible()


@pytest.mark.parametrize("rooms", GROUPS, ids=" ".join)
def test_pages_are_accessible_and_fit_small_screens(
    window: Window, ana: Person, bo: Person, rooms: list[str]
) -> None:
    names = fill_gallery(ana, bo)
    pages = [page.format(**names) for room in rooms for page in PAGES[room]]
    assert look(window, *pages) == {}


def test_empty_pages_are_accessible(window: Window, ana: Person) -> None:
    assert look(window, *EMPTY_PAGES) == {}
    invite_newcomers(ana, 7)
    assert look(window, "/messaging") == {}


def test_catalog_lists_every_page(app: Flask) -> None:
    answering = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())
    }
    shown = {each for each in answering if each.removesuffix(SUFFIX) not in FORM_PAGES}
    assert shown == {*PAGES, *SIGNED_OUT_PAGES, *PAGES_AFTER_FORMS, *WITHOUT_PAGE}
    assert sorted(room for share in GROUPS for room in share) == sorted(PAGES)


def test_rejected_invitation_form_is_accessible(window: Window, ana: Person, cy: Person) -> None:
    window.open(f"/in/{cy.handle}/connect").page.get_by_label("Add a note").fill(TEXT * 2)
    refused(window, clear=False)
    assert accessibility_errors(window.page) == []


def test_reset_link_and_its_form_are_accessible(
    window: Window, browse: Browse, ana: Person, bo: Person
) -> None:
    page = window.open("/admin/members").page
    window.button("Manage Bo Lindqvist").click()
    window.link("Reset password Bo Lindqvist").click()
    window.button("Create reset link").click()
    link = page.get_by_role("textbox", name="Reset link")
    expect(link).to_be_visible()
    assert accessibility_errors(page) == []
    visitor = browse(reduced_motion="reduce").open(link.input_value())
    assert look(visitor, "/reset-password!") == {}
    visitor.page.get_by_label("New password").fill("another long sentence")
    visitor.button("Set password").click()
    expect(visitor.page.get_by_text("Password changed")).to_be_visible()


def test_setup_page_is_accessible(window: Window, nobody: FlaskClient) -> None:
    assert look(window, "/setup", "/setup!") == {}


def test_sign_in_and_sign_up_pages_are_accessible(
    app: Flask, window: Window, nobody: FlaskClient, cy: Person
) -> None:
    window.expect_error("status of 403")
    assert look(window, "/sign-in", "/sign-in!", "/sign-up") == {}
    app.extensions["linkmsg"] = replace(app.extensions["linkmsg"], registration="open")
    assert look(window, "/sign-up", "/sign-up!") == {}


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("/messaging/{to_bo}", "More"),
        ("/in/{bo}", "More"),
        ("/network?sort=recent", "More for Bo"),
        ("/admin/members", "Manage Bo"),
        ("/network/invitations", "More options for Asking"),
    ],
)
def test_open_menus_are_accessible(
    window: Window, ana: Person, bo: Person, page: str, more: str
) -> None:
    window.open(page.format(**fill_gallery(ana, bo))).button(more).first.click()
    expect(window.page.locator(".menu:popover-open")).to_be_visible()
    assert accessibility_errors(window.page) == []
    expect(window.page.locator(".menu:popover-open")).to_be_visible()


def test_unsent_messages_are_accessible(window: Window, ana: Person, bo: Person, talk: int) -> None:
    window.expect_error("net::ERR_", "Failed to fetch", "htmx:error", "status of 422")
    window.open(f"/messaging/{talk}").write("a" * 8001)
    expect(window.page.locator(".composer .error")).to_be_visible()
    assert accessibility_errors(window.page) == []
    window.page.route(f"**/messaging/{talk}", lambda route: route.abort())
    window.write(TEXT)
    expect(window.log.get_by_text("It will be sent automatically.")).to_be_visible()
    assert accessibility_errors(window.page) == []
    window.page.unroute(f"**/messaging/{talk}")
    with window.hold_requests(f"**/messaging/{talk}"):
        window.write(TEXT)
        expect(window.log.locator(".pending").last).to_be_visible()
        assert accessibility_errors(window.page) == []


def test_toast_is_accessible_and_fits(window: Window, ana: Person, bo: Person) -> None:
    names = fill_gallery(ana, bo)
    window.open(f"/in/{names['asking']}").button("Accept").click()
    expect(window.page.locator(".toast")).to_contain_text("are now connected")
    assert accessibility_errors(window.page) == []
    expect(window.page.locator(".toast")).to_be_visible()


def test_recovered_form_pages_are_accessible(
    window: Window, ana: Person, bo: Person, talk: int
) -> None:
    window.expect_error("status of 400", "status of 401")
    window.open(f"/messaging/{talk}").field.fill(TEXT)
    window.page.evaluate("document.querySelector('.composer [name=csrf_token]').value = ''")
    window.page.locator(".composer").evaluate(SUBMIT)
    expect(window.button("Try again")).to_be_visible()
    assert accessibility_errors(window.page) == []
    ana.post("/sign-out")
    window.button("Try again").click()
    expect(window.button("Sign in")).to_be_visible()
    assert accessibility_errors(window.page) == []
    window.page.get_by_label("Email").fill(ana.email)
    window.page.get_by_label("Password").fill(people.PASSWORD)
    window.button("Sign in").click()
    expect(window.button("Send now")).to_be_visible()
    assert accessibility_errors(window.page) == []


def test_password_confirmation_is_accessible(
    app: Flask, window: Window, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.sign_in(app.test_client(), ana.email)
    monkeypatch.setattr(auth, "PASSWORD_SECONDS", 0)
    window.expect_error("status of 403", "status of 422")
    window.open("/settings/sessions").button("Sign out all other devices").click()
    for _ in range(2):
        expect(window.page.get_by_role("heading", name="Confirm your password")).to_be_visible()
        assert accessibility_errors(window.page) == []
        window.page.get_by_label("Your password").fill("not the password")
        window.button("Confirm").click()
        expect(window.page.locator(".error")).to_be_visible()


def test_error_pages_are_accessible(
    app: Flask, window: Window, ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise RuntimeError

    monkeypatch.setitem(app.view_functions, "network.sent", break_down)
    window.expect_error("status of 40", "status of 500")
    broken = "/network/invitations/sent"
    assert look(window, "/nowhere", "/people?q=%00", "/sign-out", broken) == {}
    expect(window.page.get_by_text("Error 500")).to_be_visible()
