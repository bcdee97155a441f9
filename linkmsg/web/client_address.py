"""The network address of a client, as rate limits count it."""

from ipaddress import IPv6Address, IPv6Network

from flask import request


def network_address() -> str:
    """Return the client's IPv4 address, or its IPv6 network: one household has a whole /64.

    An IPv4 address that a dual-stack socket reports as IPv6 (RFC 4291, 2.5.5.2) counts as IPv4.
    """
    text = (request.remote_addr or "").partition("%")[0]
    if ":" not in text:
        return text
    address = IPv6Address(text)
    return str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
