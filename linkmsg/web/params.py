"""Numbers in addresses and forms, which anybody may forge."""

import re
from collections.abc import Mapping

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

# What an INTEGER of PostgreSQL holds; to ask it for more is an error.
LARGEST = 2**31 - 1


class IdConverter(IntegerConverter):
    """An id in an address, as large as a database can hold."""

    regex = "[1-9][0-9]{0,9}"

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST)


def init_app(app: Flask) -> None:
    """Let addresses hold ids."""
    app.url_map.converters["id_"] = IdConverter


def optional(name: str, values: Mapping[str, str] | None = None) -> int | None:
    """A whole number of the query (or of `values`), None if there is none; 400 if it is not one."""
    raw = (request.args if values is None else values).get(name, "")
    if not raw:
        return None
    if not (raw.isascii() and raw.isdecimal() and len(raw) <= 10 and int(raw) <= LARGEST):
        abort(400)
    return int(raw)


def needed(name: str, values: Mapping[str, str] | None = None) -> int:
    """A whole number of the query (or of `values`); 400 without it."""
    number = optional(name, values)
    if number is None:
        abort(400)
    return number


def within(name: str, least: int, most: int) -> int:
    """A whole number of the query, 404 where there is nothing of that number."""
    number = needed(name)
    if not least <= number <= most:
        abort(404)
    return number


def marks(name: str) -> dict[int, str]:
    """Marks by ids, such as `7.0a1b2c3d-9.77fe0312`; 400 if they are none."""
    raw = request.args.get(name, "")
    if not re.fullmatch(r"(?:[1-9][0-9]{0,8}\.[0-9a-f]{8}(?:-|$)){0,1000}", raw, re.ASCII):
        abort(400)
    return {
        int(id_): mark for id_, _, mark in (each.partition(".") for each in raw.split("-")) if id_
    }
