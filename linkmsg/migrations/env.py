"""Alembic's environment, which Alembic runs for each command.

It uses the connection that `linkmsg.migrations.upgrade` passes, or opens one for `flask db`.
"""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import linkmsg.models  # noqa: F401  (models register their tables in the metadata)
from linkmsg.db import db
from linkmsg.migrations import engine_for


def run(connection: Connection) -> None:
    """Run the current Alembic command on a connection; the caller begins and commits."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_type=True,
        compare_server_default=True,
        render_as_batch=True,
        render_item=plain_type,
        process_revision_directives=nothing_when_empty,
    )
    with context.begin_transaction():
        context.run_migrations()


def plain_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Return the source of a column type for a generated migration; False for Alembic's default.

    Our own types are written as the SQLAlchemy type that they wrap, because a migration must not
    depend on code that changes.
    """
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def nothing_when_empty(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    scripts: list[MigrationScript],
) -> None:
    """Remove the generated migration from `scripts` if models and database have the same schema."""
    upgrades = scripts[0].upgrade_ops
    if getattr(context.config.cmd_opts, "autogenerate", False) and upgrades is not None:
        scripts[:] = [] if upgrades.is_empty() else scripts


connection = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    with engine_for(db.engine.url).begin() as new_connection:
        run(new_connection)
