"""Addresses that a setting may hold, each as its reader wants it."""

import re
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# What the query of a bucket's address may say.
BUCKET_PARAMETERS = ("endpoint", "region", "access_key_id", "secret_access_key")


def parse_site_url(raw: str) -> str:
    """An http or https address of a site, without a path."""
    fault = ValueError("must be an address such as https://messages.example.com, with no path")
    try:
        parts = urlsplit(raw.strip())
        known = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        raise fault from None
    if not known or parts.path.strip("/") or parts.query or parts.fragment:
        raise fault
    return f"{parts.scheme}://{parts.netloc}"


def parse_database_url(raw: str) -> str:
    """A SQLite or PostgreSQL address, as SQLAlchemy spells it."""
    try:
        url = make_url(raw.strip().replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise ValueError("must be an address such as postgresql://user@host/name") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("must be a sqlite or postgresql address")
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def parse_bucket_url(raw: str) -> str:
    """A bucket as s3://name/prefix; its query may say what `OF_A_BUCKET` lists."""
    fault = ValueError("must be an address such as s3://bucket/prefix?region=eu-north-1")
    try:
        parts, told = urlsplit(raw.strip()), query_parameters(raw.strip())
    except ValueError:
        raise fault from None
    if parts.scheme != "s3" or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", parts.netloc):
        raise fault
    if parts.fragment or not told.keys() <= set(BUCKET_PARAMETERS):
        raise ValueError(
            f"may say {', '.join(BUCKET_PARAMETERS)} after its question mark, and no more"
        )
    if "endpoint" in told:
        _check_endpoint(told["endpoint"])
    return raw.strip()


def _check_endpoint(raw: str) -> None:
    try:
        parse_site_url(raw)
    except ValueError as fault:
        raise ValueError(f"has an endpoint, which {fault}") from None


def query_parameters(url: str) -> dict[str, str]:
    """What the query of an address says. A plus is a plus: keys of S3 have such letters.

    Raises:
        ValueError: there is a name without a value, or the address is none.
    """
    pairs = [each.partition("=") for each in urlsplit(url).query.split("&") if each]
    if not all(value for _, _, value in pairs):
        raise ValueError("says nothing for a name in its query")
    return {name: unquote(value) for name, _, value in pairs}
