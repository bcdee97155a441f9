"""Cleans names of files for display and downloads; they never decide where a file is stored."""

import re
import unicodedata
from urllib.parse import quote

from linkmsg.models.text import PILED_MARKS, is_empty

MAX_LENGTH = 150
# A longer extension counts as part of the name.
MAX_EXTENSION = 16
# Invisible characters that join letters and emoji, and are kept.
JOINERS = "\u200c\u200d"
# Device names on Windows, with any extension (Microsoft: Naming Files, Paths, and Namespaces).
DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE
)
# RFC 8187, 3.2.1: attr-char, without the letters and digits that `quote` never quotes.
UNQUOTED = "!#$&+-.^_`|~"


def safe_name(raw: str) -> str:
    """Return the name of an uploaded file, made safe: one line, not empty, at most 150 characters.

    Folders are removed, and so are control characters and those that change the direction of
    text. Names that Windows reserves get an underscore before them, and dots and spaces around a
    name are cut. A safe name is returned unchanged.
    """
    seen = " ".join(unicodedata.normalize("NFC", "".join(map(_printable, raw))).split())
    base = re.split(r"[/\\]", PILED_MARKS.sub(r"\1", seen).strip("/\\. "))[-1]
    name = "" if is_empty(base) else _shorten(base.strip(". "))
    return _shorten(f"_{name}") if DEVICES.fullmatch(name) else name or "file"


def content_disposition(name: str, *, inline: bool) -> str:
    """Return the value of the header Content-Disposition for a name made by `safe_name`.

    With `inline` browsers may show the file, else they download it (RFC 6266 and RFC 8187).
    Werkzeug's version leaves per cent signs in `filename`, which browsers decode (RFC 6266, D).
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .,()+-]", "_", ascii_only, flags=re.ASCII).strip()
    plain = plain if plain.strip("._ ") and not plain.startswith(".") else f"file{plain}"
    disposition = "inline" if inline else "attachment"
    return f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=UNQUOTED)}"


def _printable(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in {"Zl", "Zp"} or letter in "\t\r\n":
        return " "
    return "" if category in {"Cc", "Cf", "Cs"} and letter not in JOINERS else letter


def _shorten(name: str) -> str:
    if len(name) <= MAX_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > MAX_EXTENSION:
        return name[:MAX_LENGTH].rstrip(". ")
    return f"{stem[: MAX_LENGTH - len(extension) - 1].rstrip('. ')}{dot}{extension}"
