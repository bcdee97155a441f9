"""Check pages in a browser for accessibility errors, and for overflow on small screens."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

NARROW = {"width": 320, "height": 640}
BAD = {"serious", "critical"}
# With preload, axe fetches all style sheets again, for a minor rule about audio.
RUN = "axe.run({ resultTypes: ['violations'], preload: false })"
# Only rows of pills may scroll sideways.
SIDEWAYS = """() => {
    const say = (each) => each.outerHTML.slice(0, 80);
    const all = [...document.body.querySelectorAll("*")];
    const found = all.filter((each) => each.scrollWidth > each.clientWidth + 1
        && /auto|scroll/.test(getComputedStyle(each).overflowX)
        && !each.matches(".pills, textarea")).map(say);
    const { scrollWidth } = document.scrollingElement;
    const isOutside = (each) => each.getBoundingClientRect().right > innerWidth + 1;
    const outside = all.filter(isOutside).map(say);
    if (scrollWidth > innerWidth) found.push(`to ${scrollWidth}: ${outside}`);
    return found;
}"""


def accessibility_errors(page: Page) -> list[str]:
    """Return the serious errors that axe finds in a page, and elements that are too wide.

    axe runs in light colours at the current size, and in dark colours 320 pixels wide.
    """
    wide = page.viewport_size
    page.evaluate(Axe().axe_script)
    found = [f"light: {each}" for each in _axe(page)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(NARROW)
    found += [f"dark and narrow: {each}" for each in _axe(page)]
    found += [f"sideways: {each}" for each in page.evaluate(SIDEWAYS)]
    page.emulate_media(color_scheme="light")
    if wide:
        page.set_viewport_size(wide)
    return found


def _axe(page: Page) -> list[str]:
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary']}"
        for each in page.evaluate(RUN)["violations"]
        if each["impact"] in BAD
        for node in each["nodes"]
    ]
