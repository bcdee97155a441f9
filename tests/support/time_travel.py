"""Let time pass, or set the clock of the machine."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine

from linkmsg import clock


@contextmanager
def travel(moment: datetime, *, tick: bool = False) -> Iterator[time_machine.Traveller]:
    """Let time pass until a moment: both clocks move, as they do when somebody waits.

    For a moment in the past, durations begin to count from now on.
    """
    start = clock.seconds() + max(0.0, moment.timestamp() - time.time())
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(moment, tick=tick) as traveller:
        patch.setattr(clock, "seconds", lambda: start + time.time() - moment.timestamp())
        yield traveller


@contextmanager
def clock_set_by(change: timedelta) -> Iterator[None]:
    """Set the clock of the machine forward or back; no time passes."""
    with time_machine.travel(clock.now() + change, tick=True):
        yield
