"""How often each client may do something; the loop lets it wait if it is too fast."""


class Rates:
    """Allows each client so many at once, and then so many a second.

    This is the generic cell rate algorithm: ITU-T I.371, appendix I. Times are in seconds, by the
    monotonic clock.
    """

    def __init__(self, burst: int, per_second: float) -> None:
        self._interval = 1 / per_second
        # Half an interval more than needed, so that rounding changes nothing.
        self._tolerance = (burst - 0.5) * self._interval
        self._due: dict[str, float] = {}
        self._prune_at = 1024

    def wait(self, client: str, now: float) -> float:
        """Return in how many seconds a client may do the next one; 0 if now."""
        return max(0.0, self._due.get(client, now) - now - self._tolerance)

    def count(self, client: str, now: float) -> None:
        """Count one that a client does."""
        self._due[client] = max(now, self._due.get(client, now)) + self._interval
        if len(self._due) > self._prune_at:
            self._due = {each: due for each, due in self._due.items() if due > now}
            self._prune_at = 2 * len(self._due) + 1024
