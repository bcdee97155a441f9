"""Reverse proxies: their headers are trusted only if they come from a trusted network."""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from linkmsg.config_values import Network

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class TrustedProxies:
    """WSGI middleware that applies X-Forwarded-For, -Proto and -Host from trusted networks."""

    def __init__(self, app: "WSGIApplication", networks: tuple[Network, ...]) -> None:
        self.app, self.networks = app, networks
        self.forwarded = ProxyFix(app, x_for=1, x_proto=1, x_host=1)

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Run the app; use the client's address, scheme and host that a trusted proxy sends."""
        trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        return (self.forwarded if trusted else self.app)(environ, start)

    def _trusts(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self.networks)
        except ValueError:
            return False
