"""Limits on how long and how slowly a client may send a request or read a response."""

from linkmsg import clock

# Seconds for the head of a request (its first line and headers), and between two requests.
HEAD_SECONDS, IDLE_SECONDS = 10.0, 15.0
# Seconds that a finished connection waits for the client to close it, and for a thread.
LINGER_SECONDS, QUEUE_SECONDS = 2.0, 60.0
# A client has to transfer MIN_RATE bytes a second, on average over each WINDOW of seconds.
WINDOW, MIN_RATE = 20.0, 1024


class Pace:
    """The speed of one transfer, in consecutive windows of time."""

    def __init__(self) -> None:
        self.started = clock.seconds()
        self._start, self._bytes = self.started, 0

    def is_too_slow(self, total: int, now: float) -> bool:
        """Return whether less than MIN_RATE was transferred in the window that just ended.

        Args:
            total: The number of bytes transferred since the beginning.
            now: The time, by the monotonic clock.
        """
        if now - self._start < WINDOW:
            return False
        is_slow = total - self._bytes < WINDOW * MIN_RATE
        self._start, self._bytes = now, total
        return is_slow
