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
    """Let time pass until a moment: both clocks move, as they do when somebody waits."""
    offset = time.time() - clock.seconds()
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(moment, tick=tick) as traveller:
        patch.setattr(clock, "seconds", lambda: time.time() - offset)
        yield traveller


@contextmanager
def clock_set_by(change: timedelta) -> Iterator[None]:
    """Set the clock of the machine forward or back; no time passes."""
    with time_machine.travel(clock.now() + change, tick=True):
        yield
