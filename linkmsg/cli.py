"""The `linkmsg` command and its subcommands; their docstrings are the texts of --help."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from linkmsg import create_app, private_logs, serving
from linkmsg.actions import accounts, connections
from linkmsg.actions.errors import ActionRefused
from linkmsg.cli_input import find_member, password_options, read_password, validate_new_member
from linkmsg.config import ConfigError, settings
from linkmsg.db import db
from linkmsg.demo import load_demo
from linkmsg.models import Attachment, Member
from linkmsg.models.attachment import NEVER
from linkmsg.search.feed.indexer import Rebuild
from linkmsg.storage import stored_files


class CommandGroup(click.Group):
    """Commands that report an error as one sentence on stderr, and exit with status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; convert errors that its user can fix to click's, which are printed."""
        try:
            return super().invoke(ctx)
        except (ConfigError, serving.StartupError, ActionRefused) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            raise click.ClickException(private_logs.unusable_database(error)) from error


@click.group(cls=CommandGroup)
def main() -> None:
    """Run and manage linkmsg: private messages for a professional network.

    All commands use the data folder: `instance` in the current folder, or LINKMSG_DATA_DIR.
    This and all other settings are environment variables; docs/self-hosting.md lists them.
    """


@main.command()
def run() -> None:
    """Start the server, by default at http://127.0.0.1:8000.

    It first creates the data folder if it is missing, and upgrades the database. LINKMSG_HOST
    and LINKMSG_PORT change the address. Ctrl+C stops it.
    """
    private_logs.log_thread_errors()
    serving.serve(create_app(prepared=True))


@main.command()
@click.option("--serve/--no-serve", default=True, help="Serve it, or only load the data.")
def demo(serve: bool) -> None:
    """Fill an empty data folder with invented members, then serve it.

    Prints the name, email address and password of each, to sign in as them; the first is an
    admin. It changes nothing if the demo is loaded already, and refuses a folder with other
    members.
    """
    with _prepared_app() as app:
        for each in load_demo():
            click.echo(f"{each.name:<26} {each.email:<30} {each.password}")
    if serve:
        serving.serve(app)


@main.group()
def member() -> None:
    """Add, list, disable and enable members, and reset passwords."""


@member.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--admin", is_flag=True, help="Make them an admin.")
@password_options
def add(email: str, name: str, admin: bool, password: str | None, password_stdin: bool) -> None:
    """Create an account for a new member.

    Asks for the password if neither --password nor --password-stdin is given.
    """
    with _prepared_app():
        validate_new_member(email, name)
        chosen = read_password(password, password_stdin, email=email, name=name)
        added = accounts.add_member(email, name, chosen, admin=admin)
        click.echo(f"{added.name} can sign in as {added.email}.")


@member.command("list")
def list_members() -> None:
    """List members: email, name and state, separated by tabs."""
    with _prepared_app():
        for each in db.session.scalars(Member.all_by_email()):
            state = "disabled" if each.is_closed else "admin" if each.is_admin else "member"
            click.echo(f"{each.email}\t{each.name}\t{state}")


@member.command("reset-password")
@click.argument("email")
@password_options
def reset_password(email: str, password: str | None, password_stdin: bool) -> None:
    """Set a member's password and sign them out everywhere.

    EMAIL is the address with which they sign in. Asks for the new password if neither
    --password nor --password-stdin is given.
    """
    with _prepared_app():
        found = find_member(email)
        known = {"email": found.email, "name": found.name, "handle": found.handle}
        accounts.reset_password(found, read_password(password, password_stdin, **known))
        click.echo(f"{found.name} has a new password and is signed out everywhere.")


@member.command()
@click.argument("email")
def disable(email: str) -> None:
    """Disable an account and sign it out everywhere.

    Nobody can sign in with EMAIL until the account is enabled again. Its messages stay.
    """
    with _prepared_app():
        found = find_member(email)
        accounts.disable(found)
        click.echo(f"The account of {found.name} is disabled and signed out everywhere.")


@member.command()
@click.argument("email")
def enable(email: str) -> None:
    """Enable a disabled account: its member can sign in again."""
    with _prepared_app():
        found = find_member(email)
        accounts.enable(found)
        click.echo(f"The account of {found.name} is enabled.")


@member.command("make-admin")
@click.argument("email")
def make_admin(email: str) -> None:
    """Make the member with the address EMAIL an admin."""
    with _prepared_app():
        found = find_member(email)
        accounts.make_admin(found)
        click.echo(f"{found.name} is an admin.")


@member.command("remove-admin")
@click.argument("email")
def remove_admin(email: str) -> None:
    """Make the admin with the address EMAIL an ordinary member; refused for the last admin."""
    with _prepared_app():
        found = find_member(email)
        accounts.remove_admin(found)
        click.echo(f"{found.name} is no longer an admin.")


@main.command()
@click.argument("email")
@click.argument("other")
def connect(email: str, other: str) -> None:
    """Connect two members, so that they can write to each other.

    EMAIL and OTHER are their email addresses. They need not accept anything.
    """
    with _prepared_app():
        first, second = find_member(email), find_member(other)
        connections.connect(first, second)
        click.echo(f"{first.name} and {second.name} are connected.")


@main.command()
def doctor() -> None:
    """Check that the file of every attachment exists, and has no metadata.

    Lists attachments without a file, and then exits with status 1. Also lists old files whose
    metadata, such as the place of a photo, can't be removed: only their uploaders can fetch them.
    """
    with _prepared_app():
        lost = list(
            Attachment.with_missing_blobs(
                lambda key: stored_files.blob_store().size(key) is not None
            )
        )
        for each in lost:
            place = "not sent yet" if each.message_id is None else f"message {each.message_id}"
            click.echo(
                f"{each.name} is missing: {place}, from {each.created_at:%d %b %Y}, {each.key}"
            )
        for each in db.session.scalars(Attachment.by_cleaning(NEVER)):
            click.echo(f"{each.name} may say where it was made: {each.key}")
        if lost:
            sys.exit(1)
        click.echo("No files are missing.")


@main.group()
def search() -> None:
    """Manage the index that searches use."""


@search.command()
def rebuild() -> None:
    """Rebuild the search index; the server can keep running."""
    with _prepared_app() as app:
        rebuilding = Rebuild(app.extensions["linkmsg.search"])
        with click.progressbar(length=rebuilding.last, label="Reading messages") as bar:
            for done in rebuilding.run():
                bar.update(done - bar.pos)
        click.echo(f"All {rebuilding.last:,} message changes are indexed.")


@main.group("db")
def database() -> None:
    """Manage the tables of the database."""


@database.command("upgrade")
def upgrade() -> None:
    """Upgrade the tables to what this version of linkmsg needs.

    `linkmsg run` does it too. A SQLite database is copied to a file beside it before a change.
    """
    with _prepared_app():
        click.echo("The database is up to date.")


@contextmanager
def _prepared_app() -> Iterator[Flask]:
    app = create_app(prepared=True)
    serving.prepare_instance(app)
    with app.app_context():
        try:
            yield app
            serving.update_setup_token(settings.setup_token_file)
        finally:
            db.session.remove()
            db.engine.dispose()
