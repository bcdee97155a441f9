"""Number the changes of messages, so that the search index can ask for those it lacks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("change", sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute("UPDATE messages SET change = id")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.alter_column("change", server_default=None)
        batch_op.create_index(batch_op.f("ix_messages_change"), ["change"])

    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE messages_change OWNED BY messages.change")
        op.execute(
            "SELECT setval('messages_change', coalesce(max(change), 0) + 1, false) FROM messages"
        )
