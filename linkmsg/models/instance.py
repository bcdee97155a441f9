"""The instance: this installation of linkmsg."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from linkmsg.db import Model


class Instance(Model):
    """This installation. Its one row is inserted at set-up, when the first admin is created.

    The table can have one row only, so if two people set up at once, only one succeeds.
    `registration` is who may sign up ("open", "invite", "closed") unless a setting says it.
    """

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1, autoincrement=False)
    name: Mapped[str] = mapped_column(String(80))
    set_up_at: Mapped[datetime]
    registration: Mapped[str] = mapped_column(String(6), default="invite")
