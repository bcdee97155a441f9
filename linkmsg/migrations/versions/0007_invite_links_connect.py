"""Record who signed up by each invite link, and whether the link connects them with its maker."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # The makers of older links did not choose to be connected.
    with op.batch_alter_table("invite_links", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("connects", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("invite_links", schema=None) as batch_op:
        batch_op.alter_column("connects", server_default=None)

    op.create_table(
        "invite_link_uses",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"],
            ["members.id"],
            name=op.f("fk_invite_link_uses_member_id_members"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["invite_links.id"],
            name=op.f("fk_invite_link_uses_link_id_invite_links"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_invite_link_uses")),
    )
    with op.batch_alter_table("invite_link_uses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invite_link_uses_link_id"), ["link_id"])
