"""Calendar months before a date, and the wait after a withdrawal."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkmsg.models.invitation import end_of_withdrawal_wait, months_before


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-09-10", 6, "2026-03-10"),
        ("2026-03-31", 6, "2025-09-30"),
        ("2026-08-31", 6, "2026-02-28"),
        ("2028-08-31", 6, "2028-02-29"),
        ("2026-08-29", 6, "2026-02-28"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-01", 12, "2025-12-01"),
        ("2026-06-30", 6, "2025-12-30"),
    ],
)
def test_months_before_keeps_day_or_takes_last_of_month(day, months, before):
    at = datetime.fromisoformat(f"{day}T08:15:30.000001+00:00")
    assert months_before(at, months) == datetime.fromisoformat(f"{before}T08:15:30.000001+00:00")


@given(
    st.integers(0, 3_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(1, 120),
)
def test_months_before_keeps_order(at, months):
    assert months_before(at, months) <= months_before(at + timedelta(days=1), months) < at


def test_no_wait_without_withdrawal(inside):
    assert end_of_withdrawal_wait(None, datetime.now(UTC)) is None
