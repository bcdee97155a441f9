import pytest

from tests.support.monotonic_clock import MonotonicClock


@pytest.fixture
def clock(monkeypatch):
    """Stop the clock of the rate limits until a test moves it."""
    stopped = MonotonicClock()
    monkeypatch.setattr("linkmsg.web.rate_limit_storage.monotonic", stopped)
    return stopped
