"""An event that wakes the background worker early; it looks in the database for its work."""

from threading import Event

_event = Event()


def notify() -> None:
    """Wake the background worker of this process, which is in `wait`."""
    _event.set()


def wait(seconds: float) -> None:
    """Wait until `notify` is called, at most this many seconds."""
    _event.wait(seconds)
    _event.clear()
