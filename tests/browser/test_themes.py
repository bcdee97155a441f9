"""Theme, motion and contrast follow the member and the device."""

import pytest
from playwright.sync_api import expect

from linkmsg import clock
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person

PAPER, NIGHT = "rgb(247, 246, 242)", "rgb(18, 19, 16)"
MOVING = "document.getAnimations().filter((each) => each.playState === 'running').length"
SLOWEST = """Math.max(...[...document.querySelectorAll("*")].flatMap((each) => {
    const { transitionDuration, animationDuration } = getComputedStyle(each);
    return `${transitionDuration}, ${animationDuration}`.split(", ").map(parseFloat);
}))"""


def test_theme_follows_device_until_one_is_chosen(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, color_scheme="light")
    body = window.open("/messaging").page.locator("body")
    expect(body).to_have_css("background-color", PAPER)
    window.page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", NIGHT)
    window.page.emulate_media(color_scheme="light")
    window.open("/settings/appearance").page.get_by_label("Dark").check()
    window.button("Save").click()
    expect(body).to_have_css("background-color", NIGHT)
    window.open(f"/messaging/{talk}")
    expect(body).to_have_css("background-color", NIGHT)
    window.open("/settings/appearance").page.get_by_label("Light").check()
    window.button("Save").click()
    window.page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", PAPER)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_reduced_motion_stops_animations(
    browse: Browse, ana: Person, talk: int, motion: str
) -> None:
    window = browse(ana, reduced_motion=motion).open(f"/messaging/{talk}")
    slowest = window.page.evaluate(SLOWEST)
    assert (slowest < 0.01) is (motion == "reduce")
    window.button("More").click()
    if motion == "reduce":
        assert window.page.evaluate(MOVING) == 0


def test_print_shows_all_loaded_messages_without_navigation(
    browse: Browse, ana: Person, bo: Person
) -> None:
    talk = people.talk(ana, bo, *(f"Line {number}\nand more" for number in range(60)))
    window = browse(ana, color_scheme="dark").open(f"/messaging/{talk}")
    page = window.page
    page.emulate_media(media="print")
    expect(window.texts.first).to_be_visible()
    log = window.log.evaluate("log => [log.scrollHeight, log.clientHeight]")
    assert log[0] == log[1] > page.viewport_size["height"]
    assert page.evaluate("document.documentElement.scrollHeight") > log[0]
    for part in (".rail", "#list", ".composer", ".more a", ".icon-btn", ".skip"):
        expect(page.locator(part).filter(visible=True)).to_have_count(0)
    # Every message has its author and time, and the page its date, in ink on white.
    heads = window.log.locator(".msg p:is(.head, .sr)")
    sizes = heads.evaluate_all("all => all.map((each) => each.getBoundingClientRect().height)")
    assert len(sizes) == window.texts.count()
    assert min(sizes) > 10
    date = 'getComputedStyle(document.querySelector(".more"), "::after").content'
    assert clock.now().strftime("%Y") in page.evaluate(date)
    expect(page.locator("body")).to_have_css("color", "rgb(30, 31, 28)")


def test_forced_colors_show_the_open_thread(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, forced_colors="active").open(f"/messaging/{talk}")
    current = window.rows.filter(has=window.page.locator("[aria-current]"))
    expect(current).to_have_css("outline-style", "solid")
