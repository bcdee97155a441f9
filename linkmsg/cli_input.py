"""What the commands read: a member by their address, names, and passwords."""

import sys
from typing import Any

import click
from sqlalchemy import select

from linkmsg.db import db
from linkmsg.models import Instance, Member
from linkmsg.models.password import known_words, password_error
from linkmsg.models.text import is_empty, line_error

NAME_MAX = 80


def find_member(email: str) -> Member:
    """Return the member with an email address; end the command if nobody has it."""
    found = db.session.scalars(Member.by_email(email)).one_or_none()
    if found is None:
        raise click.ClickException(f"No member has the email address {email}.")
    return found


def validate_new_member(email: str, name: str) -> None:
    """End the command if the address or the name of a new member is not valid."""
    if not Member.is_email(email):
        raise click.ClickException(f"{email} is not a valid email address.")
    error = "Enter a name." if is_empty(name) else line_error(name)
    if error or len(name) > NAME_MAX:
        raise click.ClickException(error or "The name is too long.")


def password_options(command: Any) -> Any:
    """Add the options --password and --password-stdin to a command; see `read_password`."""
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from stdin.")
    return click.option("--password", help="The password; prompted for if missing.")(stdin(command))


def read_password(
    option: str | None, from_stdin: bool, *, email: str, name: str, handle: str = ""
) -> str:
    """Return a new password for a member; end the command if it is easy to guess."""
    password = _piped_password() if from_stdin else option
    password = password or _prompted_password()
    if error := password_error(password, known_words(email, name, handle, _place())):
        raise click.ClickException(error)
    return password


def _piped_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _prompted_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _place() -> str:
    return db.session.scalar(select(Instance.name)) or ""
