"""Code and long messages in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.people import Person

CODE = (
    "Run this:\n```py\nif  a:\n" + "".join(f"    step({number})\n" for number in range(30)) + "```"
)
SELECTED = """(bubble) => {
  getSelection().selectAllChildren(bubble);
  return getSelection().toString();
}"""


@pytest.mark.parametrize("scripts", [True, False])
def test_long_code_unfolds_and_copies_as_it_was_written(
    browse: Browse, ana: Person, bo: Person, talk: int, scripts: bool
) -> None:
    assert bo.send(talk, CODE).status_code == 303
    window = browse(ana, scripts=scripts).open(f"/messaging/{talk}")
    bubble = window.log.locator(".bubble:has(pre)")
    last = bubble.get_by_text("step(29)")
    expect(last).to_be_hidden()
    bubble.get_by_text("Show more").click()
    expect(last).to_be_visible()
    if scripts:
        selected = bubble.evaluate(SELECTED).split("\n")
        assert [each for each in selected if each] == [
            each for each in CODE.splitlines() if "`" not in each
        ]
    bubble.get_by_text("Show less").click()
    expect(last).to_be_hidden()
