"""Parsers of the settings that are texts, numbers, words of a list, time zones and networks.

Each returns the value, or raises ValueError whose message follows a setting's name.
"""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from zoneinfo import available_timezones

Network = IPv4Network | IPv6Network


def text(raw: str) -> str:
    """Return a text without spaces around it; raise ValueError if nothing is left."""
    if not raw.strip():
        raise ValueError("can't be empty")
    return raw.strip()


def folder(raw: str) -> Path:
    """Return the path of a folder, which need not exist yet."""
    return Path(text(raw))


def integer(minimum: int, maximum: int) -> Callable[[str], int]:
    """Return a function that turns a text into a whole number from `minimum` to `maximum`.

    It raises ValueError for any other text.
    """

    def parse(raw: str) -> int:
        if not raw.strip().isdecimal() or not minimum <= int(raw) <= maximum:
            raise ValueError(f"must be a whole number from {minimum} to {maximum}")
        return int(raw)

    return parse


def choice(*words: str) -> Callable[[str], str]:
    """Return a function that accepts one of `words`, and raises ValueError for another text."""

    def parse(raw: str) -> str:
        if raw.strip() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return raw.strip()

    return parse


def time_zone(raw: str) -> str:
    """Return the IANA name of a time zone; raise ValueError if the system does not know it."""
    if raw.strip() not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Stockholm")
    return raw.strip()


def networks(raw: str) -> tuple[Network, ...]:
    """Return the IP networks of a list with commas, such as 127.0.0.1/32,10.0.0.0/8."""
    try:
        return tuple(ip_network(part.strip()) for part in raw.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be networks separated by commas, such as 10.0.0.0/8") from None
