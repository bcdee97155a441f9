"""The only clock: every room asks `now()`, so a test can stop time in one place."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC, to the microsecond."""
    return datetime.now(UTC)
