"""Forms that were sent but not accepted, kept so that nobody has to type them again."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from flask import request

from linkmsg.models.attachment import MAX_PER_MESSAGE
from linkmsg.storage.blobs import KEY
from linkmsg.web.input_checks import UNSTORABLE
from linkmsg.web.origins import is_same_origin
from linkmsg.web.redirects import local_path

# Fields that are never kept: secrets and tokens, and files, which are no text.
LOST_FIELDS = {"csrf_token", "password", "current", "new", "token", "files"}
# All other fields of our forms; no other names are kept.
TEXT_FIELDS = {"about", "body", "note", "unsent_text"}
LINE_FIELDS = {
    *("company", "connect_many", "connect_one", "days", "email", "handle", "headline", "hours"),
    *("invite", "left", "name", "next", "nonce", "place", "presence", "reading"),
    *("recovered_path", "registration", "remember", "remove", "revision", "seq", "size"),
    *("slash", "theme", "timezone", "to", "top", "upload", "uses"),
}
ATTACHMENT = "attachment"
ALT_TEXT = re.compile(rf"alt-{KEY.pattern}")
PREFIX = "recovered."
# The most characters that are kept of one line and of a whole form; in HTML each may become five.
MAX_LINE, MAX_TOTAL = 4_000, 250_000


@dataclass(frozen=True)
class RecoveredForm:
    """The fields of a form that was not accepted, and the address it was sent to."""

    path: str
    fields: list[tuple[str, str]]
    enctype: str = ""

    @property
    def field_names(self) -> set[str]:
        """Return the names of the fields, each once."""
        return {name for name, _ in self.fields}

    @classmethod
    def from_request(cls) -> Self | None:
        """Return the form of this request, without passwords and tokens.

        None if the request is no POST, has no fields, or was sent by another site.

        Raises:
            RequestEntityTooLarge: The form is too large, or has too many fields.
        """
        if request.method != "POST" or not is_same_origin():
            return None
        fields = _kept(request.form.items(multi=True))
        return cls(request.full_path.rstrip("?"), fields) if fields else None

    @classmethod
    def from_sign_in_form(cls) -> Self | None:
        """Return the form that was sent while signed out; None if there is none.

        The sign-in form carries it in hidden fields, whose names begin with `recovered.`.
        """
        path = request.form.get("recovered_path", "")[:MAX_LINE]
        fields = _kept(
            (name.removeprefix(PREFIX), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(PREFIX)
        )
        return cls(local_path(path), fields) if path and fields else None


def _kept(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields that our forms have, each as often as they have it, and not too long."""
    kept, counts, remaining = list[tuple[str, str]](), Counter[str](), MAX_TOTAL
    for name, value in fields:
        counts[name] += 1
        if counts[name] > _max_count(name.removeprefix(PREFIX)):
            continue
        is_text = name.removeprefix(PREFIX) in TEXT_FIELDS
        text = UNSTORABLE.sub("", value)[: remaining if is_text else min(MAX_LINE, remaining)]
        remaining -= len(text)
        kept.append((name, text))
    return kept


def _max_count(name: str) -> int:
    """Return how often our forms may have a field of this name; 0 if they have none."""
    if name == ATTACHMENT:
        return MAX_PER_MESSAGE
    return int(name in TEXT_FIELDS or name in LINE_FIELDS or bool(ALT_TEXT.fullmatch(name)))
