import re

import pytest
from playwright.sync_api import expect

from linkmsg.db import db
from linkmsg.models import Message
from tests import people
from tests.browser.conftest import Browse
from tests.people import Person


def bodies(person: Person) -> list[str]:
    """All that was ever sent, in order."""
    with person.app.app_context():
        return list(db.session.scalars(db.select(Message.body).order_by(Message.id)))


@pytest.fixture
def others(ana: Person, talk: int, dee: Person) -> int:
    """A newer conversation of Ana's, so that the one with Bo is not at the top."""
    people.connect(ana, dee)
    return people.talk(dee, ana, "Newer")


def test_a_sent_message_appears_once_and_its_row_moves_to_the_top(
    browse: Browse, ana: Person, talk: int, others: int
) -> None:
    window = browse(ana).open(f"/messaging/{talk}")
    expect(window.rows.first).to_contain_text("Dee Duarte")
    window.write("One\nmore thing")
    expect(window.texts.filter(has_text="more thing")).to_have_count(1)
    expect(window.log.locator(".pending, .failed")).to_have_count(0)
    expect(window.rows.first).to_contain_text("You: One more thing")
    expect(window.rows).to_have_count(2)
    expect(window.field).to_have_value("")
    expect(window.field).to_be_focused()
    assert bodies(ana)[-1] == "One\nmore thing"
    assert window.kept() == []
