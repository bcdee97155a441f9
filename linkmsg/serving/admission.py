"""Limits on the incomplete requests of one client, so that nobody takes all connections."""

from collections import defaultdict
from functools import lru_cache

from flask import Flask

from linkmsg.config import Settings
from linkmsg.serving.connection import ClientConnection
from linkmsg.web import auth
from linkmsg.web.client_address import network_of
from linkmsg.web.proxies import is_trusted, last_value, parse_address

# Incomplete requests and unread responses at the same time. What one browser has open is far less
# than PER_SESSION; an office behind one address has hundreds of browsers, each with a session.
PER_SESSION, PER_VISITOR, PER_ADDRESS = 32, 64, 512
# Clients whose keys are remembered: to check a signature costs as much as much else in the loop.
MEMORIZED = 4096
THIS_MACHINE = {"127.0.0.1", "::1"}
LIMITS = {"session": PER_SESSION, "visitor": PER_VISITOR, "address": PER_ADDRESS}


class Admission:
    """Counts connections that wait for their client; above a limit the oldest gives way."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app, self._proxies = app, settings.trusted_proxies
        self._waiting: dict[str, dict[ClientConnection, None]] = defaultdict(dict)
        self._counted: dict[ClientConnection, tuple[str, ...]] = {}
        self._keys = lru_cache(MEMORIZED)(self._find_keys)

    def add(self, connection: ClientConnection) -> ClientConnection | None:
        """Count a connection that waits for its client; return the one that gives way, if any."""
        self.remove(connection)
        self.identify(connection)
        self._counted[connection] = connection.keys
        for key in connection.keys:
            self._waiting[key][connection] = None
        for key in connection.keys:
            if len(self._waiting[key]) > LIMITS[key.partition(" ")[0]]:
                return next(iter(self._waiting[key]))
        return None

    def remove(self, connection: ClientConnection) -> None:
        """Stop counting a connection."""
        for key in self._counted.pop(connection, ()):
            self._waiting[key].pop(connection, None)
            if not self._waiting[key]:
                del self._waiting[key]

    def identify(self, connection: ClientConnection) -> None:
        """Note in `connection.keys` whose it is: a session or visitor, and an address.

        A proxy itself has no keys, and no limit.
        """
        headers = dict(connection.request.headers) if connection.request else {}
        forwarded, cookies = headers.get("X-FORWARDED-FOR", ""), headers.get("COOKIE", "")
        connection.keys = self._keys(connection.client[0], forwarded, cookies)

    def network(self, connection: ClientConnection) -> str:
        """Return the network of who has connected; "" for this machine and for proxies."""
        address = parse_address(connection.client[0])
        if address is None or str(address) in THIS_MACHINE or is_trusted(address, self._proxies):
            return ""
        return network_of(address)

    def _find_keys(self, peer: str, forwarded: str, cookies: str) -> tuple[str, ...]:
        address = self._address(peer, forwarded)
        session = auth.session_in_cookies(self._app, cookies)
        whole = (f"address {address}",) if address else ()
        if session:
            return (f"session {session}", *whole)
        return (f"visitor {address}", *whole) if address else ()

    def _address(self, peer: str, forwarded: str) -> str:
        """Return the network of a client: one IPv4 address, or an IPv6 /64; "" if unknown."""
        address = parse_address(peer)
        if is_trusted(address, self._proxies):
            address = parse_address(last_value(forwarded))
        return "" if address is None else network_of(address)
