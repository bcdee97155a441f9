"""The queue of large bodies, each of which a thread stores while it arrives."""

from collections import deque

from linkmsg.serving.connection import ClientConnection

# Threads that may receive a large body at the same time, in all and for one client.
AT_ONCE, OF_ONE_CLIENT = 32, 8


class LargeBodies:
    """Connections that wait for a thread, in their order, and those that have one."""

    def __init__(self) -> None:
        self._queue: deque[tuple[ClientConnection, str]] = deque()
        self._running: dict[ClientConnection, str] = {}

    def add(self, connection: ClientConnection) -> None:
        """Put a connection at the end of the queue; the first of its keys says whose it is."""
        self._queue.append((connection, next(iter(connection.keys), "")))

    def remove(self, connection: ClientConnection) -> None:
        """Forget a connection that is gone or has been answered."""
        if self._running.pop(connection, None) is None:
            self._queue = deque(each for each in self._queue if each[0] is not connection)

    def take_next(self) -> list[ClientConnection]:
        """Return connections that may run now; a client above its limit lets others go first."""
        taken = []
        for connection, client in list(self._queue):
            of_client = sum(each == client for each in self._running.values())
            if len(self._running) < AT_ONCE and of_client < OF_ONE_CLIENT:
                self._queue.remove((connection, client))
                self._running[connection] = client
                taken.append(connection)
        return taken
