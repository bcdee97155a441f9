"""What was typed is never lost: a form that could not be taken comes back to be sent again."""

from dataclasses import dataclass
from typing import Self

from flask import request
from werkzeug.datastructures import MultiDict

from linkmsg.web.redirects import is_ours, local

SECRET = {"csrf_token", "password", "current", "new", "token"}
PREFIX = "carried."


@dataclass(frozen=True)
class RecoveredForm:
    """The fields of a form, and where it was going."""

    path: str
    fields: list[tuple[str, str]]
    enctype: str = ""

    @property
    def names(self) -> set[str]:
        """What its fields are called."""
        return {name for name, _ in self.fields}

    @classmethod
    def from_request(cls) -> Self | None:
        """What this request was sending; nothing of another site's form, and no password."""
        fields = _safe(request.form)
        if request.method != "POST" or not fields or not is_ours():
            return None
        return cls(request.full_path.rstrip("?"), fields)

    @classmethod
    def from_sign_in(cls) -> Self | None:
        """What the sign-in form carries along."""
        path = request.form.get("carried_path", "")
        along = [
            (name.removeprefix(PREFIX), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(PREFIX)
        ]
        return cls(local(path), along) if path and along else None


def _safe(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, value.replace("\0", ""))
        for name, value in form.items(multi=True)
        if name not in SECRET
    ]
