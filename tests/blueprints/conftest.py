"""Fixtures for tests of routes."""

import pytest

from tests.people import Person


@pytest.fixture
def phone(app, ana):
    """Return a second device of Ana, signed in."""
    phone = Person(app, ana.id, ana.name, ana.email, ana.handle)
    assert phone.get("/messaging").status_code == 200
    return phone
