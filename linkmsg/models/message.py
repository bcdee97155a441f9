"""Messages: what members write to each other, and notices that linkmsg adds."""

import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    event,
    func,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from linkmsg.config import settings
from linkmsg.db import Model, Values, columns_of, db
from linkmsg.models.change_number import NextChangeNumber
from linkmsg.models.code_parts import without_ticks
from linkmsg.models.member import Member
from linkmsg.models.text import body_error, is_empty

if TYPE_CHECKING:
    from linkmsg.models.attachment import Attachment

NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
TEXT, NOTICE = "text", "notice"
CONNECTED = "connected"


class Message(Model):
    """A message of a member, or a notice such as "You are now connected" (see `kind`).

    `seq` is its position in the conversation, from 1. A conversation counts its changes in
    `revision`; that of a message is the count at its own last change. `change` numbers the
    changes of all messages of all conversations. `nonce` is a random text from the form: a form
    that is sent twice has the same one, and makes one message only. `attached` describes the
    attachments in a few words, such as "3 photos"; "" if there are none.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("author_id", "nonce"),
        Index("ix_messages_changes", "conversation_id", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    revision: Mapped[int]
    change: Mapped[int] = mapped_column(BigInteger, index=True, default=NextChangeNumber())
    kind: Mapped[str] = mapped_column(String(10), default=TEXT)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    nonce: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    attached: Mapped[str] = mapped_column(String(150), default="")
    created_at: Mapped[datetime]

    author: Mapped[Member | None] = relationship(lazy="raise", viewonly=True)
    attachments: Mapped[list["Attachment"]] = relationship(lazy="raise", viewonly=True)

    @property
    def preview(self) -> str:
        """Return its text as in a list, or if it has none a few words about its attachments."""
        return without_ticks(self.body) or self.attached

    @staticmethod
    def is_nonce(text: str) -> bool:
        """Return whether a text can be a nonce: 16 to 64 of a-z, A-Z, 0-9, hyphen and _."""
        return NONCE.fullmatch(text) is not None

    @staticmethod
    def validation_error(body: str, *, has_attachments: bool = False) -> str | None:
        """Return a sentence that says why a text can't be sent as a message; None if it can."""
        if is_empty(body) and not has_attachments:
            return "Write a message or attach a file."
        if len(body) > settings.message_max:
            return (
                f"A message can have {settings.message_max:,} characters. "
                f"This has {len(body):,}. Shorten it, or split it into two."
            )
        return body_error(body)

    @classmethod
    def by_nonce(cls, author: Member, nonce: str) -> tuple[Select[Self], Values]:
        """Return a query, with its parameters, for the message of an author with this nonce."""
        return cls._by_nonce(), {"author": author.id, "nonce": nonce}

    @classmethod
    @cache
    def _by_nonce(cls) -> Select[Self]:
        author, nonce = bindparam("author", type_=Integer), bindparam("nonce", type_=String)
        return select(cls).where(cls.author_id == author, cls.nonce == nonce)

    @classmethod
    def page_before(cls, conversation_id: int, seq: int, size: int) -> Select[Self]:
        """Select the last `size` messages before position `seq`, newest first."""
        return (
            select(cls)
            .where(cls.conversation_id == conversation_id, cls.seq < seq)
            .order_by(cls.seq.desc())
            .limit(size)
        )

    @classmethod
    def page_from(cls, conversation_id: int, seq: int, size: int) -> Select[Self]:
        """Select the first `size` messages from position `seq` on, oldest first."""
        return (
            select(cls)
            .where(cls.conversation_id == conversation_id, cls.seq >= seq)
            .order_by(cls.seq)
            .limit(size)
        )

    @classmethod
    @cache
    def changed_after(cls) -> Select[*tuple[Any, ...]]:
        """Select messages that changed after a revision, each with the message before it.

        Of many changes it takes the first `size`. Ordered by seq; columns, not objects.
        Parameters: `conversation` (its id), `revision` and `size`.
        """
        conversation = bindparam("conversation", type_=Integer)
        changed = (
            select(cls.seq)
            .where(cls.conversation_id == conversation)
            .where(cls.revision > bindparam("revision", type_=BigInteger))
            .order_by(cls.revision)
            .limit(bindparam("size", type_=Integer))
            .subquery()
        )
        seqs = union_all(select(changed.c.seq), select(changed.c.seq - 1))
        return (
            select(*columns_of(cls))
            .where(cls.conversation_id == conversation, cls.seq.in_(seqs))
            .order_by(cls.seq)
        )

    @classmethod
    def last_seq_of_others(cls, conversation_id: int, reader_id: int, until: int) -> Select[int]:
        """Select the seq of the last message, up to `until`, that `reader_id` did not write."""
        return select(func.max(cls.seq)).where(
            cls.conversation_id == conversation_id,
            cls.author_id != reader_id,
            cls.seq <= until,
        )

    @classmethod
    def count_unread(cls, conversation_id: int, reader_id: int, seq: int) -> Select[int]:
        """Select how many messages after position `seq` were written by another member."""
        return (
            select(func.count())
            .select_from(cls)
            .where(
                cls.conversation_id == conversation_id,
                cls.seq > seq,
                cls.author_id != reader_id,
            )
        )


@event.listens_for(Message, "before_update")
def _refuse_update(_mapper: Any, _connection: Any, message: Message) -> None:
    """Refuse to save a message whose attributes were set directly.

    `update_message` must change it instead, which gives it a new `revision` and `change`.

    Raises:
        RuntimeError: an attribute was set.
    """
    if db.session.is_modified(message, include_collections=False):
        raise RuntimeError("change a message by actions.conversations.update_message")
