"""Names of files: what is shown and offered to a download, never where anything is kept."""

import re
import unicodedata
from urllib.parse import quote

MAX_LENGTH = 150
# An extension that is longer than this is taken for a part of the name.
MAX_EXTENSION = 16
# Characters that show nothing but join letters and emoji: they stay.
JOINERS = "\u200c\u200d"
# Windows keeps these for devices, with any extension (Microsoft: Naming Files, Paths, Namespaces).
DEVICES = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE
)
# RFC 8187, 3.2.1: attr-char, without the letters and digits that are never quoted.
UNQUOTED = "!#$&+-.^_`|~"


def safe_name(raw: str) -> str:
    """A name to show and to download by, at most 150 characters, on one line and never empty.

    Without folders, control characters, marks that turn the direction of text, and endings
    and names that Windows does not keep. Made safe again, a name stays as it is.
    """
    seen = " ".join(unicodedata.normalize("NFC", "".join(map(_printable, raw))).split())
    base = re.split(r"[/\\]", seen.strip("/\\. "))[-1]
    name = _shorten(base.strip(". "))
    return _shorten(f"_{name}") if DEVICES.fullmatch(name) else name or "file"


def content_disposition(name: str, *, inline: bool) -> str:
    """The value of Content-Disposition for a name made safe (RFC 6266, with RFC 8187).

    Werkzeug's own leaves a per cent sign in `filename`, which browsers decode (RFC 6266, D).
    """
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^\w .,()+-]", "_", ascii_only, flags=re.ASCII).strip()
    plain = plain if plain.strip("._ ") and not plain.startswith(".") else f"file{plain}"
    way = "inline" if inline else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=UNQUOTED)}"


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
