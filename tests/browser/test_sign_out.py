"""After sign-out, Back shows nothing of the member."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAN_HOST

# As the browser fires it when it shows a page that it has kept as it was.
SHOW_AGAIN = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def sign_out(page):
    page.goto("/settings/profile")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("host", ["127.0.0.1", LAN_HOST])
def test_back_after_sign_out_shows_nothing(server, browse, ana, talk, host, scripts):
    assert ana.client.get("/messaging").status_code == 200
    url = f"http://{host}:{server.port}"
    window = browse(scripts=scripts, base_url=url)
    # Browsers ignore both headers on plain http.
    window.expect_error("Cross-Origin-Opener-Policy", "Clear-Site-Data")
    page = window.page
    cookie = ana.client.get_cookie("session").value
    page.context.add_cookies([{"name": "session", "value": cookie, "url": url}])
    page.goto(f"/messaging/{talk}")
    expect(page.get_by_text("Hello Ana").last).to_be_visible()
    sign_out(page)
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        assert not any(word in page.content() for word in ("Hello", "Ana Ruiz", "Lindqvist"))


def test_sign_out_clears_drafts_of_the_browser(browse, ana, talk):
    window = browse(ana)
    window.page.goto(f"/messaging/{talk}")
    window.page.get_by_role("textbox", name="Message").fill("Not sent")
    window.wait_until(lambda: window.stored_drafts() != [])
    window.page.goto("/settings/profile")
    window.page.get_by_role("button", name="Sign out").click()
    window.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()
    window.wait_until(lambda: window.stored_drafts() == [])


def test_kept_page_is_loaded_again_if_its_member_left(browse, ana, talk):
    window = browse(ana)
    window.expect_error("401")
    window.page.goto(f"/messaging/{talk}")
    other = window.page.context.new_page()
    sign_out(other)
    expect(window.page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_page_shown_again_is_hidden_at_once(browse, ana, talk):
    page = browse(ana).page
    page.goto("/settings/profile")
    page.evaluate(SHOW_AGAIN)
    assert page.evaluate("document.documentElement.hidden") is False
    page.evaluate("localStorage.left = Date.now() + 1000")
    hidden = f"{SHOW_AGAIN}; document.documentElement.hidden"
    assert page.evaluate(hidden) is True
