"""The bell wakes the worker early. It carries nothing: what there is to do stands in rows."""

from threading import Event

_event = Event()


def notify() -> None:
    """Let the worker of this process look now."""
    _event.set()


def wait(seconds: float) -> None:
    """Wait until it is rung, at most so long."""
    _event.wait(seconds)
    _event.clear()
