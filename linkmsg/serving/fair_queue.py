"""The queue of complete requests: each client gets a turn before anybody gets another one."""

from collections import Counter, deque
from threading import Lock

from linkmsg import clock
from linkmsg.serving.connection import ClientConnection
from linkmsg.serving.rates import Rates

# Requests that run at the same time, of one client (a session, or all visitors of an address) and
# of one address. Python code runs on one processor core anyway, so whoever asks for much at once is
# answered as fast one by one, and delays others less.
AT_ONCE = {"session": 1, "visitor": 1, "address": 8}
# Turns of one client: so many at once, and then so many a second.
BURST, PER_SECOND = 200, 50
# Requests of one client that wait; more are refused. A page of pictures has about a hundred.
MAX_WAITING = 256


class FairQueue:
    """Requests that wait for their turn, and those that have it.

    Turns go round by client (round robin), in the order in which they came. A turn ends when the
    app has answered, or earlier if the request goes on to wait for something: for its client, as
    a WebSocket, or for a picture to be decoded.
    """

    def __init__(self, limit: int) -> None:
        self._limit, self._lock = limit, Lock()
        self._waiting: dict[str, deque[ClientConnection]] = {}
        self._running: dict[ClientConnection, tuple[str, ...]] = {}
        self._counts: Counter[str] = Counter()
        self._rates = Rates(BURST, PER_SECOND)
        self.next_due = float("inf")  # by the monotonic clock: when a client may go on

    def add(self, connection: ClientConnection) -> bool:
        """Put a request at the end of its client's queue; return whether there is room."""
        with self._lock:
            queue = self._waiting.setdefault(_client(connection), deque())
            if len(queue) >= MAX_WAITING and connection.keys:
                return False
            queue.append(connection)
            return True

    def remove(self, connection: ClientConnection) -> bool:
        """End the turn of a request, or forget it; return whether others wait."""
        with self._lock:
            keys = self._running.pop(connection, None)
            if keys is None:
                self._forget(connection)
            else:
                self._counts.subtract(keys)
                for each in keys:
                    if not self._counts[each]:
                        del self._counts[each]
            return bool(self._waiting)

    def take_next(self) -> list[ClientConnection]:
        """Return the requests whose turn it is now."""
        taken, now = [], clock.seconds()
        with self._lock:
            self.next_due = float("inf")
            for client in list(self._waiting):
                if len(self._running) >= self._limit:
                    break
                if not self._may_run(self._waiting[client][0]):
                    continue
                if wait := self._rates.wait(client, now):
                    self.next_due = min(self.next_due, now + wait)
                else:
                    taken.append(self._take(client, now))
        return taken

    def _may_run(self, connection: ClientConnection) -> bool:
        return all(self._counts[each] < AT_ONCE[each.partition(" ")[0]] for each in connection.keys)

    def _take(self, client: str, now: float) -> ClientConnection:
        """Start the first request of a client, and let the client's others wait for all others."""
        if client:
            self._rates.count(client, now)
        queue = self._waiting.pop(client)
        connection = queue.popleft()
        if queue:
            self._waiting[client] = queue
        self._running[connection] = connection.keys
        self._counts.update(connection.keys)
        return connection

    def _forget(self, connection: ClientConnection) -> None:
        queue = self._waiting.get(_client(connection), deque())
        if connection in queue:
            queue.remove(connection)
        if not queue:
            self._waiting.pop(_client(connection), None)


def _client(connection: ClientConnection) -> str:
    """Return whose request it is: the first of its keys."""
    return next(iter(connection.keys), "")
