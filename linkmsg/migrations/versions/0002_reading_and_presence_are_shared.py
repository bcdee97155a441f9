"""Add the settings for sharing read receipts and presence, and the columns of receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        for name in ("shares_reading", "shares_presence"):
            batch_op.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true())
            )

    with op.batch_alter_table("participations", schema=None) as batch_op:
        for name in ("seen_seq", "receipt_seq"):
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("receipt_at", sa.DateTime(timezone=True), nullable=True))

    # Messages read before receipts existed get no receipt.
    op.execute("UPDATE participations SET seen_seq = last_read_seq")

    with op.batch_alter_table("members", schema=None) as batch_op:
        for name in ("shares_reading", "shares_presence"):
            batch_op.alter_column(name, server_default=None)

    with op.batch_alter_table("participations", schema=None) as batch_op:
        for name in ("seen_seq", "receipt_seq"):
            batch_op.alter_column(name, server_default=None)
