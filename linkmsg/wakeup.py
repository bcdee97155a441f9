"""The bell wakes the worker early. It carries nothing: what there is to do stands in rows."""

from threading import Event

_rung = Event()


def ring() -> None:
    """Let the worker of this process look now."""
    _rung.set()


def wait(seconds: float) -> None:
    """Wait until it is rung, at most so long."""
    _rung.wait(seconds)
    _rung.clear()
