"""The current time: all code calls `now()` here, so that tests can set it in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time in UTC, timezone-aware."""
    return datetime.now(UTC)
