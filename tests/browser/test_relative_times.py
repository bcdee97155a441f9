"""Words such as "Today" become others while a page stays open."""

from datetime import timedelta

from playwright.sync_api import expect

from linkmsg import clock
from tests.browser.conftest import Browse
from tests.people import Person
from tests.support.time_words import WORDS, words

DESCRIBE = """async (rows) => {
  const page = document.querySelector('script[src*="shell/page.js"]').src;
  const { describe } = await import(page.replace("page.js", "relative_times.js"));
  return rows.map(([kind, when, now, zone, hours]) =>
    describe(kind, new Date(when), new Date(now), zone, hours));
}"""


def test_browser_and_server_say_the_same(browse: Browse, ana: Person) -> None:
    page = browse(ana).page
    page.goto("/settings/appearance")
    rows = [row[:-1] for row in WORDS]
    assert page.evaluate(DESCRIBE, rows) == [words(*row) for row in rows]


def test_open_page_follows_the_day(browse: Browse, ana: Person, talk: int) -> None:
    sent = clock.now()
    window = browse(ana, locale="en-US")
    window.page.clock.install(time=sent.replace(hour=23, minute=59, second=30))
    window.open("/messaging")
    window.page.clock.fast_forward(30_000)
    expect(window.rows.locator("time")).to_have_text(f"{sent:%a}")
    # As after a laptop's sleep: time has passed, and no timer ran meanwhile.
    window.page.clock.set_system_time((sent + timedelta(days=8)).replace(second=30))
    window.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(window.rows.locator("time")).to_contain_text(f"{sent.day} {sent:%b}")
    window.open(f"/messaging/{talk}")
    expect(window.page.locator(".day")).to_have_text("Today")
    window.page.clock.fast_forward(30_000)
    expect(window.page.locator(".day")).to_contain_text(f"{sent.day} {sent:%B}")
