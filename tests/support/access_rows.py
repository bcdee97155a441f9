"""Rows of the table of routes: a request, and how it answers each person."""

from dataclasses import dataclass

MEMBERS = ("Cy", "Ada", "Bo", "Ana")  # outsiders first, because what Ana does changes the data
STRANGERS = ("nobody", "ended")
NOT_FOUND = ("404", "404")


@dataclass(frozen=True)
class AccessRow:
    """A request, and by person the expected answers as (full page, htmx fragment).

    `form` has the fields of a POST. An answer is a status, with the address of a redirect.
    """

    path: str
    answers: dict[str, tuple[str, str]]
    form: dict[str, str]


def both(answer):
    """Return an answer twice: to a request for a full page and to one of htmx."""
    return answer, answer


def redirect_to(address):
    """Return the answers that redirect: 303 for a full page, 204 with a header for htmx."""
    return f"303 {address}", f"204 {address}"


def sign_in_required(path, form):
    """Return the answers to visitors: the sign-in page to a form, else a redirect to it."""
    return "401" if form is not None else f"303 /sign-in?next={path}", "401 /sign-in?next=/"


def members(path, answer, form=None, **others):
    """Return a row in which all members get `answer`, or their own in `others`.

    Visitors must sign in.
    """
    answers = (
        dict.fromkeys(STRANGERS, sign_in_required(path, form))
        | dict.fromkeys(MEMBERS, answer)
        | others
    )
    return AccessRow(path, answers, form or {})


def only_pair(path, answer, form=None):
    """Return a row in which Ana and Bo get `answer`, and other members a 404."""
    return members(path, answer, form, Cy=NOT_FOUND, Ada=NOT_FOUND)


def only_ana(path, answer, form=None):
    """Return a row in which Ana gets `answer`, and other members a 404."""
    return members(path, NOT_FOUND, form, Ana=answer)


def only_admins(path, answer, form=None):
    """Return a row in which the admin Ada gets `answer`, and other members a 404."""
    return members(path, NOT_FOUND, form, Ada=answer)


def everybody(path, answer, form=None, **others):
    """Return a row in which members and visitors get `answer`, or their own in `others`."""
    return AccessRow(path, dict.fromkeys(MEMBERS + STRANGERS, answer) | others, form or {})
