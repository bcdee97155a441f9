"""An event that wakes the worker early. It carries no data: the queue is in the database."""

from threading import Event

_event = Event()


def notify() -> None:
    """Wake the worker of this process now."""
    _event.set()


def wait(seconds: float) -> None:
    """Wait until `notify` is called, at most `seconds`."""
    _event.wait(seconds)
    _event.clear()
