"""Add the language of a member's browser, and their choice of the 12-hour or 24-hour clock."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    columns = {"language": 35, "hours": 2}
    with op.batch_alter_table("members", schema=None) as batch_op:
        for name, length in columns.items():
            batch_op.add_column(
                sa.Column(name, sa.String(length=length), nullable=False, server_default="")
            )
    with op.batch_alter_table("members", schema=None) as batch_op:
        for name in columns:
            batch_op.alter_column(name, server_default=None)
