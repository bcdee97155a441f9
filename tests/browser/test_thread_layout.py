"""A conversation is one column: what belongs to it has the same edges at every width."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.people import Person

EDGES = """() => [".log > ol", ".status > span", ".composer"].map((selector) => {
    const element = document.querySelector(`#thread ${selector}`);
    const { left, right } = element.getBoundingClientRect();
    if (element.matches("form")) return [left, right];
    const { paddingLeft, paddingRight } = getComputedStyle(element);
    return [left + parseFloat(paddingLeft), right - parseFloat(paddingRight)];
})"""


@pytest.mark.parametrize("width", [320, 800, 1500, 2560])
def test_log_status_line_and_composer_share_their_edges(
    browse: Browse, ana: Person, talk: int, width: int
) -> None:
    window = browse(ana, viewport={"width": width, "height": 800}).open(f"/messaging/{talk}")
    edges = window.page.evaluate(EDGES)
    assert len({(round(left), round(right)) for left, right in edges}) == 1
    left, right = edges[0]
    assert 0 < right - left <= 60 * 16


def test_author_of_a_pair_is_read_but_not_shown(
    browse: Browse, ana: Person, bo: Person, talk: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    name = window.log.locator(".name").first
    expect(name).to_have_text("Bo Lindqvist")
    box = name.bounding_box()
    assert box
    assert box["width"] <= 1
    expect(window.log.locator(".avatar")).to_have_count(0)
