"""The `linkmsg` command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask

from linkmsg import create_app, serving
from linkmsg.actions import accounts, connections
from linkmsg.actions.errors import ActionRefused
from linkmsg.config import ConfigError, settings
from linkmsg.db import db
from linkmsg.demo import load as load_demo
from linkmsg.models import Attachment, Member
from linkmsg.models.password import password_error
from linkmsg.models.text import is_empty, line_error
from linkmsg.search.feed.indexer import Rebuild
from linkmsg.storage import incoming

NAME_MAX = 80


class Commands(click.Group):
    """Commands whose every refusal is one sentence on stderr and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (ConfigError, serving.BootError, ActionRefused) as fault:
            raise click.ClickException(str(fault)) from fault


@click.group(cls=Commands)
def main() -> None:
    """Private messages and a professional network, on a machine of your own."""


@main.command()
def run() -> None:
    """Prepare the data directory and serve."""
    serving.serve(create_app(prepared=True))


@main.command()
@click.option("--serve/--no-serve", default=True, help="Serve it, or only load it.")
def demo(serve: bool) -> None:
    """Fill a data directory with invented members, then serve it."""
    with _inside() as app:
        for each in load_demo():
            click.echo(f"{each.name:<26} {each.email:<30} {each.password}")
    if serve:
        serving.serve(app)


@main.group()
def member() -> None:
    """Add and look after members."""


def password_options(command: Any) -> Any:
    """Let a command take its password from an option, from stdin or from a prompt."""
    stdin = click.option("--password-stdin", is_flag=True, help="Read the password from stdin.")
    return click.option("--password", help="The password; asked for when left out.")(stdin(command))


@member.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--admin", is_flag=True, help="Let her look after this place.")
@password_options
def add(email: str, name: str, admin: bool, password: str | None, password_stdin: bool) -> None:
    """Make an account."""
    with _inside():
        _check_newcomer(email, name)
        added = accounts.add_member(email, name, _password(password, password_stdin), admin=admin)
        click.echo(f"{added.name} can sign in as {added.email}.")


@member.command("list")
def list_members() -> None:
    """List everybody: address, name and state, with tabs between."""
    with _inside():
        for each in db.session.scalars(Member.all_by_email()):
            state = "disabled" if each.is_closed else "admin" if each.is_admin else "member"
            click.echo(f"{each.email}\t{each.name}\t{state}")


@member.command("reset-password")
@click.argument("email")
@password_options
def reset_password(email: str, password: str | None, password_stdin: bool) -> None:
    """Give a member another password and end all her sessions."""
    with _inside():
        found = _member(email)
        accounts.reset_password(found, _password(password, password_stdin))
        click.echo(f"{found.name} has another password. Her sessions have ended.")


@member.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close an account: nobody can sign in with it; what was said stays."""
    with _inside():
        found = _member(email)
        accounts.disable(found)
        click.echo(f"The account of {found.name} is closed. Her sessions have ended.")


@member.command()
@click.argument("email")
def enable(email: str) -> None:
    """Open a closed account again."""
    with _inside():
        found = _member(email)
        accounts.enable(found)
        click.echo(f"The account of {found.name} is open.")


@main.command()
@click.argument("email")
@click.argument("other")
def connect(email: str, other: str) -> None:
    """Connect two members."""
    with _inside():
        one, two = _member(email), _member(other)
        connections.connect(one, two)
        click.echo(f"{one.name} and {two.name} are connected.")


@main.command()
def doctor() -> None:
    """Say what is not as it should be: files that a message has and that are not there."""
    with _inside():
        lost = list(
            Attachment.with_missing_blobs(lambda key: incoming.blobs().size(key) is not None)
        )
        for each in lost:
            where = "not sent yet" if each.message_id is None else f"message {each.message_id}"
            click.echo(
                f"{each.name} is not there: {where}, from {each.created_at:%d %b %Y}, {each.key}"
            )
        if lost:
            sys.exit(1)
        click.echo("All files are there.")


@main.group()
def search() -> None:
    """Look after the index of search."""


@search.command()
def rebuild() -> None:
    """Make the index of search anew; meanwhile linkmsg can run."""
    with _inside() as app:
        rebuilding = Rebuild(app.extensions["linkmsg.search"])
        with click.progressbar(length=rebuilding.last, label="Reading messages") as bar:
            for done in rebuilding.run():
                bar.update(done - bar.pos)
        click.echo(f"All {rebuilding.last:,} changes of messages are in the index.")


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Bring the schema to the newest revision; `linkmsg run` does it too."""
    with _inside():
        click.echo("The database is up to date.")


@contextmanager
def _inside() -> Iterator[Flask]:
    app = create_app(prepared=True)
    serving.prepare(app)
    with app.app_context():
        try:
            yield app
            serving.offer_setup(settings.setup_token_file)
        finally:
            db.session.remove()
            db.engine.dispose()


def _member(email: str) -> Member:
    found = db.session.scalars(Member.by_email(email)).one_or_none()
    if found is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    return found


def _check_newcomer(email: str, name: str) -> None:
    if not Member.is_email(email):
        raise click.ClickException(f"{email} is no mail address.")
    fault = "Give a name." if is_empty(name) else line_error(name)
    if fault or len(name) > NAME_MAX:
        raise click.ClickException(fault or "The name is too long.")


def _password(given: str | None, from_stdin: bool) -> str:
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    password = given or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if fault := password_error(password):
        raise click.ClickException(fault)
    return str(password)
