"""Proxies in front of us: what they say of the request is believed only from trusted networks."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from linkmsg.config import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxies:
    """Reads X-Forwarded-For, -Proto and -Host when the request comes from a trusted network."""

    def __init__(self, inner: "WSGIApplication", networks: tuple[Network, ...]) -> None:
        self.inner, self.networks = inner, networks
        self.forwarded = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Answer as the inner app does, with the browser's address where a proxy may tell it."""
        trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        return (self.forwarded if trusted else self.inner)(environ, start)

    def _trusts(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.networks)
        except ValueError:
            return False
