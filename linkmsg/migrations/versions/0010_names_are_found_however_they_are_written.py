"""Add the words of names and of work, for search, and fold both as messages are folded."""

import sqlalchemy as sa
from alembic import op

from linkmsg.models.folding import fold, searchable_name, searchable_text

revision = "0010"
down_revision = "0009"

COLUMNS = ("name_words", "work_words")
BATCH = 1000


def upgrade() -> None:
    with op.batch_alter_table("members", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=False, server_default=""))
    fill_columns(op.get_bind())
    with op.batch_alter_table("members", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.alter_column(name, server_default=None)


def fill_columns(connection: sa.Connection) -> None:
    names = ("id", "name", "headline", "company", "name_folded", "work_folded", *COLUMNS)
    members = sa.table("members", *map(sa.column, names))
    change = (
        sa.update(members)
        .where(members.c.id == sa.bindparam("member"))
        .values(
            {each: sa.bindparam(f"new_{each}") for each in ("name_folded", "work_folded", *COLUMNS)}
        )
    )
    wanted = sa.select(members.c.id, members.c.name, members.c.headline, members.c.company)
    rows = connection.execute(wanted.order_by(members.c.id)).all()
    for start in range(0, len(rows), BATCH):
        connection.execute(change, [new_values(*row) for row in rows[start : start + BATCH]])


def new_values(member: int, name: str, headline: str, company: str) -> dict[str, int | str]:
    work = f"{headline} {company}"
    return {
        "member": member,
        "new_name_folded": fold(name),
        "new_work_folded": fold(work),
        "new_name_words": searchable_name(name),
        "new_work_words": searchable_text(work),
    }
