"""Mark which files have been cleaned of metadata; a sweep cleans the others."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleaned", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_index(batch_op.f("ix_attachments_cleaned"), ["cleaned"])
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.alter_column("cleaned", server_default=None)
