"""The only clock: all code calls `now()`, so tests can set the time in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time in UTC, timezone-aware."""
    return datetime.now(UTC)
