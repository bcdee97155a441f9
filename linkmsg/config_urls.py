"""Parsers of the settings that are URLs: of the site, the database and an S3 bucket.

Each returns the normalized URL, or raises ValueError whose message follows a setting's name.
"""

import re
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

# The parameters that the URL of a bucket may have.
BUCKET_PARAMETERS = ("endpoint", "region", "access_key_id", "secret_access_key")


def parse_site_url(raw: str) -> str:
    """Return an http or https URL as scheme and host only, such as https://example.com.

    It is written as browsers write an origin: in lower case, without the usual port (RFC 6454, 6).
    """
    error = ValueError("must be a URL such as https://messages.example.com, without a path")
    try:
        parts = urlsplit(raw.strip())
        is_site = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        host = (parts.hostname or "").encode("idna").decode("ascii")
    except ValueError:
        raise error from None
    if not is_site or parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise error
    host = f"[{host}]" if ":" in host else host
    is_usual_port = parts.port in {None, {"http": 80, "https": 443}[parts.scheme]}
    return f"{parts.scheme}://{host}" if is_usual_port else f"{parts.scheme}://{host}:{parts.port}"


def parse_database_url(raw: str) -> str:
    """Return the URL of a SQLite or PostgreSQL database as SQLAlchemy needs it, with the driver."""
    try:
        url = make_url(raw.strip().replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        raise ValueError("must be a URL such as postgresql://user@host/name") from None
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ValueError("must be a sqlite or postgresql URL")
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)


def parse_bucket_url(raw: str) -> str:
    """Return the checked URL of an S3 bucket: s3://name/prefix?parameter=value&..., trimmed."""
    error = ValueError("must be a URL such as s3://bucket/prefix?region=eu-north-1")
    try:
        parts, parameters = urlsplit(raw.strip()), query_parameters(raw.strip())
    except ValueError:
        raise error from None
    if parts.scheme != "s3" or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,62}", parts.netloc):
        raise error
    if parts.fragment or not parameters.keys() <= set(BUCKET_PARAMETERS):
        raise ValueError(f"may have only the parameters {', '.join(BUCKET_PARAMETERS)}")
    if "endpoint" in parameters:
        _check_endpoint(parameters["endpoint"])
    return raw.strip()


def _check_endpoint(raw: str) -> None:
    try:
        parse_site_url(raw)
    except ValueError as error:
        raise ValueError(f"has an endpoint, which {error}") from None


def query_parameters(url: str) -> dict[str, str]:
    """Return the query parameters of a URL by name. A plus stays a plus, not a space, for S3 keys.

    Raises:
        ValueError: the URL is invalid or a parameter has no value.
    """
    pairs = [each.partition("=") for each in urlsplit(url).query.split("&") if each]
    if not all(value for _, _, value in pairs):
        raise ValueError("has a parameter without a value")
    return {name: unquote(value) for name, _, value in pairs}
