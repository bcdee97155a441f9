"""Reverse proxies: their headers are trusted only if they come from a trusted network."""

import logging
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from linkmsg.config_values import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED_FOR, FORWARDED_PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
# An address with a port: 203.0.113.7:5555, or [2001:db8::7] with or without one (RFC 7239, 6).
WITH_PORT = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")
# Longer than any address (RFC 4291, 2.2), with brackets, zone and port.
MAX_LENGTH = 80
# What some proxies send for a WebSocket.
SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
# Asked for by the machine of the proxy itself, for nobody.
HEALTH_CHECKS = {"/healthz", "/readyz"}

logger = logging.getLogger(__name__)


class TrustedProxies:
    """WSGI middleware that applies X-Forwarded-For, -Proto and -Host from trusted networks.

    Of several values it takes the last, which the trusted proxy itself has added.
    """

    def __init__(self, app: "WSGIApplication", networks: tuple[Network, ...]) -> None:
        self.app, self.networks = app, networks
        self.forwarded = ProxyFix(app, x_for=0, x_proto=1, x_host=1)
        self._has_warned = False

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Run the app; use the client's address, scheme and host that a trusted proxy sends."""
        if not is_trusted(parse_address(environ.get("REMOTE_ADDR", "")), self.networks):
            return self.app(environ, start)
        client = parse_address(last_value(environ.get(FORWARDED_FOR, "")))
        if client is not None:
            environ["REMOTE_ADDR"] = str(client)
        elif environ.get("PATH_INFO") not in HEALTH_CHECKS:
            self._warn(environ["REMOTE_ADDR"])
        scheme = SCHEMES.get(last_value(environ.pop(FORWARDED_PROTO, "")).lower())
        if scheme:
            environ[FORWARDED_PROTO] = scheme
        return self.forwarded(environ, start)

    def _warn(self, proxy: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "the proxy %s sent no address of a client in X-Forwarded-For, so limits count all "
                "people behind it as one",
                proxy,
            )


def is_trusted(address: IPv4Address | IPv6Address | None, networks: tuple[Network, ...]) -> bool:
    """Return whether an address is in one of the networks of trusted proxies."""
    return address is not None and any(address in network for network in networks)


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return an IP address, which may have a port, a zone, brackets or quotes; None if it is none.

    An IPv4 address that a dual-stack socket reports as IPv6 (RFC 4291, 2.5.5.2) becomes IPv4.
    """
    bare = text.strip().strip('"')
    if len(bare) > MAX_LENGTH:
        return None
    if found := WITH_PORT.fullmatch(bare):
        bare = found[1] or found[2]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def last_value(values: str) -> str:
    """Return the last value of a header with commas, which the nearest proxy has added."""
    return values.rpartition(",")[2].strip()
