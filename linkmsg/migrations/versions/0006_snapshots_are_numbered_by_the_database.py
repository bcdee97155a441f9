"""Add the counter of committed writes, which numbers the states of the database."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    counter = op.create_table(
        "snapshot_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot_counter")),
    )
    rows = 16 if op.get_bind().dialect.name == "postgresql" else 1
    epochs = [secrets.token_hex(4), *[""] * (rows - 1)]
    op.bulk_insert(
        counter, [{"id": id, "epoch": epoch, "number": 0} for id, epoch in enumerate(epochs)]
    )
