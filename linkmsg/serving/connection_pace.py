"""A limit on how fast one address opens connections; those above it wait before they are read."""

from collections import deque
from collections.abc import Iterator

from linkmsg.serving.connection import ClientConnection
from linkmsg.serving.rates import Rates

# New connections of one address: so many at once, and then so many a second. The tabs of an office
# connect again within three seconds after a restart.
BURST, PER_SECOND = 128, 100
# Connections of one address that wait; more are closed at once.
MAX_HELD = 512


class ConnectionPace:
    """Connections that were opened too fast, by the network of their client."""

    def __init__(self) -> None:
        self._rates = Rates(BURST, PER_SECOND)
        self._held: dict[str, deque[ClientConnection]] = {}

    def is_open(self, network: str, now: float) -> bool:
        """Return whether a new connection may be read now, and count it if so."""
        return network not in self._held and self._may_read(network, now)

    def hold(self, network: str, connection: ClientConnection) -> bool:
        """Let a connection wait; return whether there is room."""
        held = self._held.setdefault(network, deque())
        if len(held) >= MAX_HELD:
            return False
        held.append(connection)
        return True

    def take_due(self, now: float) -> Iterator[ClientConnection]:
        """Yield the connections that may be read now."""
        for network, held in list(self._held.items()):
            while held and self._may_read(network, now):
                yield held.popleft()
            if not held:
                del self._held[network]

    def next_due(self, now: float) -> float:
        """Return in how many seconds the next connection may be read; infinity if none waits."""
        return min((self._rates.wait(each, now) for each in self._held), default=float("inf"))

    def _may_read(self, network: str, now: float) -> bool:
        if self._rates.wait(network, now):
            return False
        self._rates.count(network, now)
        return True
