"""Forms that were sent but not accepted, kept so that nobody has to type them again."""

from dataclasses import dataclass
from typing import Self

from flask import request
from werkzeug.datastructures import MultiDict

from linkmsg.web.input_checks import UNSTORABLE
from linkmsg.web.origins import is_same_origin
from linkmsg.web.redirects import local_path

SECRET_FIELDS = {"csrf_token", "password", "current", "new", "token"}
PREFIX = "recovered."


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
        """
        fields = _without_secrets(request.form)
        if request.method != "POST" or not fields or not is_same_origin():
            return None
        return cls(request.full_path.rstrip("?"), fields)

    @classmethod
    def from_sign_in_form(cls) -> Self | None:
        """Return the form that was sent while signed out; None if there is none.

        The sign-in form carries it in hidden fields, whose names begin with `recovered.`.
        """
        path = request.form.get("recovered_path", "")
        fields = [
            (name.removeprefix(PREFIX), value)
            for name, value in request.form.items(multi=True)
            if name.startswith(PREFIX)
        ]
        return cls(local_path(path), fields) if path and fields else None


def _without_secrets(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [
        (UNSTORABLE.sub("", name), UNSTORABLE.sub("", value))
        for name, value in form.items(multi=True)
        if name not in SECRET_FIELDS
    ]
