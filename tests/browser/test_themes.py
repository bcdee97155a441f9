"""Theme, motion and contrast follow the member and the device."""

import pytest
from playwright.sync_api import expect

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


def test_forced_colors_show_the_open_thread(browse: Browse, ana: Person, talk: int) -> None:
    window = browse(ana, forced_colors="active").open(f"/messaging/{talk}")
    current = window.rows.filter(has=window.page.locator("[aria-current]"))
    expect(current).to_have_css("outline-style", "solid")
