"""The network address of a client, as limits count it."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

from flask import request

from linkmsg.web.proxies import parse_address


def network_address() -> str:
    """Return the network of the client of this request."""
    text = request.remote_addr or ""
    address = parse_address(text)
    return text if address is None else network_of(address)


def network_of(address: IPv4Address | IPv6Address) -> str:
    """Return an IPv4 address, or the network of an IPv6 address: one household has a whole /64."""
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return str(address)
