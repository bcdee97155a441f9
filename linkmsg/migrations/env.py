"""How a migration reaches the database: by the connection it is given, else by its own."""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import linkmsg.models  # noqa: F401  (every noun puts its table into the metadata)
from linkmsg.db import db
from linkmsg.migrations import engine_for


def run(connection: Connection) -> None:
    """Run what was asked for on `connection`; the transaction is the caller's."""
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
    """Spell our own types as SQLAlchemy's below them: a migration outlives our code."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def nothing_when_empty(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    scripts: list[MigrationScript],
) -> None:
    """Write no revision where the models and the schema are the same."""
    upgrades = scripts[0].upgrade_ops
    if getattr(context.config.cmd_opts, "autogenerate", False) and upgrades is not None:
        scripts[:] = [] if upgrades.is_empty() else scripts


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine_for(db.engine.url).begin() as own:
        run(own)
