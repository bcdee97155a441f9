"""Add links to set a new password, and who may sign up as a choice of the admins."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reset_digest", sa.String(length=64), nullable=True))
        batch_op.add_column(
            sa.Column("reset_expires_at", sa.DateTime(timezone=True), nullable=True)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_members_reset_digest"), ["reset_digest"])
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("registration", sa.String(length=6), nullable=False, server_default="invite")
        )
    with op.batch_alter_table("instance", schema=None) as batch_op:
        batch_op.alter_column("registration", server_default=None)
