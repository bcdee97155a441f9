"""Numbers in URLs and forms, checked because anyone can change them."""

import re
from collections.abc import Mapping

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

# The largest INTEGER of PostgreSQL; a larger number in a query is a database error.
MAX_INTEGER = 2**31 - 1


class IdConverter(IntegerConverter):
    """A URL converter for an id: a number from 1 to the largest that the database can store."""

    regex = "[1-9][0-9]{0,9}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=MAX_INTEGER)


def init_app(app: Flask) -> None:
    """Register the URL converter `id_`, for routes such as `/messaging/<id_:id>`."""
    app.url_map.converters["id_"] = IdConverter


def optional_int(name: str, values: Mapping[str, str] | None = None) -> int | None:
    """Return a number of the URL's query or of `values`; None if missing, HTTP 400 if invalid."""
    raw = (request.args if values is None else values).get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 10 and int(raw) <= MAX_INTEGER):
        abort(400)
    return int(raw)


def required_int(name: str, values: Mapping[str, str] | None = None) -> int:
    """Return a number of the URL's query or of `values`; HTTP 400 if it is missing or invalid."""
    number = optional_int(name, values)
    if number is None:
        abort(400)
    return number


def int_in_range(name: str, minimum: int, maximum: int) -> int:
    """Return a number of the URL's query, from `minimum` to `maximum`.

    HTTP 404 if it is outside of that range, 400 if it is missing or invalid.
    """
    number = required_int(name)
    if not minimum <= number <= maximum:
        abort(404)
    return number


def fingerprints(name: str) -> dict[int, str]:
    """Return hashes by id from a parameter like `7.0a1b2c3d-9.77fe0312`; HTTP 400 if invalid.

    A page sends the hash of each row of the inbox that it shows, so that the server can tell
    which rows have changed.
    """
    raw = request.args.get(name, "")
    if not re.fullmatch(r"(?:[1-9][0-9]{0,8}\.[0-9a-f]{8}(?:-|$)){0,1000}", raw, re.ASCII):
        abort(400)
    return {
        int(id_): digest
        for id_, _, digest in (each.partition(".") for each in raw.split("-"))
        if id_
    }
