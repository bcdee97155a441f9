"""Messages survive lost requests, lost answers, server errors and ended sessions."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Browse
from tests.people import PASSWORD, Person
from tests.support.database_rows import message_bodies, message_nonces
from tests.support.live_server import LiveServer
from tests.support.window import Window, abort_posts

UNREACHABLE = ("net::ERR_", "Failed to fetch", "htmx:error", "WebSocket connection")


def failed(window: Window) -> Locator:
    return window.log.locator(".failed")


def waiting(window: Window) -> Locator:
    """Return the queued messages."""
    return window.log.locator(".pending").filter(has_text="It will be sent automatically.")


def expect_sent(window: Window, body: str) -> None:
    """Assert that a text was sent once and is no longer stored."""
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    expect(window.texts.filter(has_text=body)).to_have_count(1)
    assert window.stored_drafts() == []


def sign_in(window: Window, person: Person) -> None:
    expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()
    window.page.get_by_label("Email").fill(person.email)
    window.page.get_by_label("Password").fill(PASSWORD)
    window.button("Sign in").click()


def try_again(window: Window, body: str, name: str = "Try again") -> None:
    """Press the button, and wait until the text is sent."""
    window.button(name).click()
    expect_sent(window, body)


def test_offline_messages_are_sent_once_in_order_when_online(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    window.page.context.set_offline(True)
    window.write("From the tunnel")
    expect(waiting(window)).to_contain_text("Not sent yet. You’re offline.")
    expect(window.page.locator("#announce")).to_contain_text("You’re offline.")
    window.write("Still in it")
    expect(waiting(window)).to_have_count(2)
    nonce = waiting(window).first.get_attribute("data-nonce")
    assert message_bodies(ana)[2:] == []
    window.page.context.set_offline(False)
    expect_sent(window, "Still in it")
    assert message_bodies(ana)[2:] == ["From the tunnel", "Still in it"]
    assert message_nonces(ana, "From the tunnel") == [nonce]


def test_lost_answer_is_replaced_by_the_socket_frame(
    browse: Browse, ana: Person, talk: int
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    window.page.route(f"**/messaging/{talk}", lose)
    window.write("Lost answer")
    expect_sent(window, "Lost answer")
    assert message_bodies(ana)[2:] == ["Lost answer"]


def test_lost_answer_without_socket_does_not_send_twice(
    browse: Browse, ana: Person, talk: int
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    window = browse(ana).without_socket().open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    window.page.route(f"**/messaging/{talk}", lose)
    window.write("Lost answer")
    expect(waiting(window)).to_contain_text("The server can’t be reached.")
    assert message_bodies(ana)[2:] == ["Lost answer"]
    window.page.unroute_all()
    window.catch_up()
    expect_sent(window, "Lost answer")
    assert message_bodies(ana)[2:] == ["Lost answer"]


def test_error_after_the_write_does_not_send_twice(
    app: Flask, browse: Browse, ana: Person, talk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = app.view_functions["messaging.send"]

    def break_down(id: int) -> None:
        send(id)
        raise RuntimeError

    window = browse(ana).without_socket().open(f"/messaging/{talk}")
    window.expect_error("status of 500")
    with monkeypatch.context() as broken:
        broken.setitem(app.view_functions, "messaging.send", break_down)
        window.write("Written all the same")
        expect(failed(window)).to_contain_text("Something went wrong.")
    assert message_bodies(ana)[2:] == ["Written all the same"]
    try_again(window, "Written all the same")
    assert message_bodies(ana)[2:] == ["Written all the same"]


def test_queued_messages_survive_a_reload(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    window.page.route(f"**/messaging/{talk}", abort_posts)
    window.write("Keep me")
    window.write("Not me")
    expect(waiting(window)).to_have_count(2)
    window.page.reload()
    expect(waiting(window)).to_have_count(2)
    waiting(window).filter(has_text="Not me").get_by_role("button", name="Discard").click()
    window.page.unroute_all()
    try_again(window, "Keep me", "Try now")
    assert message_bodies(ana)[2:] == ["Keep me"]


def test_server_restart_loses_no_message(
    browse: Browse, ana: Person, talk: int, server: LiveServer
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error(*UNREACHABLE)
    server.stop()
    window.write("Across the restart")
    expect(waiting(window)).to_contain_text("Not sent yet.")
    server.start()
    expect_sent(window, "Across the restart")
    assert message_bodies(ana)[2:] == ["Across the restart"]


def test_too_long_message_stays_in_the_field_with_an_error(
    browse: Browse, ana: Person, talk: int
) -> None:
    window, text = browse(ana).open(f"/messaging/{talk}"), "a" * 8001
    window.expect_error("status of 422")
    window.write(text)
    expect(window.page.locator(".composer .error")).to_contain_text("8,000")
    expect(window.field).to_have_value(text)
    expect(window.page.locator(".composer .hint")).to_have_text("8,001 of 8,000")
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    window.field.fill(text[:-1])
    window.send_button.click()
    expect(window.texts.last).to_have_text(text[:-1])
    expect(window.log.locator(".pending")).to_have_count(0)
    expect(window.page.locator(".composer .error")).to_have_count(0)
    assert message_bodies(ana)[2:] == [text[:-1]]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_message_survives_the_sign_in_after_a_sign_out(
    browse: Browse, ana: Person, talk: int, scripts: bool
) -> None:
    ana.post(f"/messaging/{talk}/read", seq=2)
    window = browse(ana, scripts=scripts).without_socket().open(f"/messaging/{talk}")
    window.expect_error("status of 401", *UNREACHABLE)
    window.page.route("**/typing", lambda route: route.abort())
    ana.post("/sign-out")
    window.write("Kept all the way")
    page = window.page
    if not scripts:
        expect(page.get_by_text("Kept all the way")).to_be_visible()
    sign_in(window, ana)
    if not scripts:
        expect(page.get_by_label("Your message")).to_have_value("Kept all the way")
        assert message_bodies(ana)[2:] == []
        window.button("Send now").click()
    expect(window.texts.filter(has_text="Kept all the way")).to_have_count(1)
    expect(window.log.locator(".pending")).to_have_count(0)
    assert message_bodies(ana)[2:] == ["Kept all the way"]


def test_remote_sign_out_redirects_and_keeps_the_draft(
    browse: Browse, ana: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    window.expect_error("status of 401")
    window.field.fill("Half a thought")
    window.expect_live()
    ana.post("/sign-out")
    window.page.wait_for_url(re.compile(r"/sign-in\?next=/messaging/\d+$"))
    sign_in(window, ana)
    expect(window.field).to_have_value("Half a thought")
    assert message_bodies(ana)[2:] == []


def test_remote_sign_out_keeps_a_typed_form(browse: Browse, ana: Person, dee: Person) -> None:
    window = browse(ana)
    window.page.clock.install()
    window.open(f"/in/{dee.handle}/connect")
    window.page.get_by_label("Add a note").fill("We met in Lund")
    window.expect_live()
    ana.post("/sign-out")
    expect(window.page.locator("#connection")).to_contain_text("You were signed out.")
    window.page.clock.run_for(40_000)
    expect(window.connection_status).to_contain_text("You were signed out.")
    expect(window.page.get_by_label("Add a note")).to_have_value("We met in Lund")
    window.expect_error("status of 401")
    window.button("Send invitation").click()
    sign_in(window, ana)
    expect(window.page.get_by_label("Your note")).to_have_value("We met in Lund")


ANSWERED_TWICE = """() => {
  const gone = document.createElement("li");
  gone.dataset.nonce = "told-already-0001";
  const tasks = [{ target: gone, swapSpec: {}, fragment: document.createDocumentFragment() }];
  const detail = { ctx: { text: "", sourceElement: document.body }, tasks };
  document.dispatchEvent(new CustomEvent("htmx:before:swap", { detail }));
  return tasks.length;
}"""


def test_answer_for_a_removed_message_is_ignored(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    expect(window.send_button).to_be_visible()
    window.expect_live()
    assert window.page.evaluate(ANSWERED_TWICE) == 1
