"""What is there when a page of it is asked for."""

import pytest

from tests import people


@pytest.fixture
def ferry(ana, bo):
    """A conversation in which the ferry was spoken of, and other things."""
    people.talk(ana, bo, "The ferry goes at nine", "Bring the red lantern")
    return people.talk(bo, ana, "No ferry on Sundays")
