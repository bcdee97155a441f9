"""Attachments: files that belong to a message, or are uploaded and not sent yet."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Self

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from linkmsg.db import Model, db
from linkmsg.models.conversation import Participation
from linkmsg.models.member import Member
from linkmsg.models.message import Message

# Bytes per file and per message; files per message; characters of an alternative text.
MAX_SIZE, MAX_MESSAGE_SIZE, MAX_PER_MESSAGE, ALT_MAX = 25 * 1024 * 1024, 50 * 1024 * 1024, 10, 1000
IMAGE, AUDIO, VIDEO, PDF, FILE = "image", "audio", "video", "pdf", "file"
KIND_LABELS = {
    IMAGE: ("Photo", "photos"),
    AUDIO: ("Audio", "recordings"),
    VIDEO: ("Video", "videos"),
}
VOICE_MESSAGE = "Voice message"
TOO_MANY = f"A message can have {MAX_PER_MESSAGE} files. Send the others in another message."
FILES_TOO_LARGE = "A message can have 50 MiB of files. Send some in another message."
# The metadata of a file, such as where a photo was taken: it was removed; the file is from before
# linkmsg did so, and still to be cleaned; or it can't be cleaned.
CLEANED, NOT_YET, NEVER = 1, 0, -1
# How long an upload that is not sent stays.
UNSENT_LIFETIME = timedelta(days=1)


class Attachment(Model):
    """An uploaded file. Only its uploader can see it until they send it with a message.

    Its content is a blob: a stored file, on disk or in S3, found by the random name `key`. `thumb`
    and `large` are the keys of smaller copies of an image, None if there are none. `digest` is the
    SHA-256 of the content. `place` is the position among the files of its message, from 0.
    `cleaned` says whether its metadata was removed.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    thumb: Mapped[str | None] = mapped_column(String(64))
    large: Mapped[str | None] = mapped_column(String(64))
    uploader_id: Mapped[int] = mapped_column(
        ForeignKey("members.id", ondelete="CASCADE"), index=True
    )
    message_id: Mapped[int | None] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), index=True
    )
    place: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(5))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int | None]
    height: Mapped[int | None]
    alt: Mapped[str] = mapped_column(String(ALT_MAX), default="")
    is_voice: Mapped[bool] = mapped_column(default=False)
    cleaned: Mapped[int] = mapped_column(default=CLEANED, index=True)
    created_at: Mapped[datetime]

    @property
    def is_sent(self) -> bool:
        """Return whether the file was sent, that is, belongs to a message."""
        return self.message_id is not None

    @property
    def has_thumbnail(self) -> bool:
        """Return whether it is an image of which smaller copies were made (`thumb` and `large`)."""
        return self.thumb is not None

    @property
    def is_inline(self) -> bool:
        """Return whether browsers may show it in the page: an image, audio, video or PDF."""
        return self.kind != FILE

    @property
    def blobs(self) -> list[str]:
        """Return the keys of its stored files: the original and any smaller copies."""
        return [key for key in (self.key, self.thumb, self.large) if key]

    @classmethod
    def validation_error(cls, attachments: Collection[Self]) -> str | None:
        """Return why one message can't have these attachments, in a sentence; None if it can."""
        if len(attachments) > MAX_PER_MESSAGE:
            return TOO_MANY
        if sum(each.size for each in attachments) > MAX_MESSAGE_SIZE:
            return FILES_TOO_LARGE
        return None

    @staticmethod
    def summary(attachments: Collection["Attachment"]) -> str:
        """Return a few words for a message without text: "Photo", "3 videos", a file name."""
        kinds = {each.kind for each in attachments}
        if len(attachments) == 1:
            only = next(iter(attachments))
            return (
                VOICE_MESSAGE if only.is_voice else KIND_LABELS.get(only.kind, (only.name, ""))[0]
            )
        if len(kinds) == 1 and (kind := kinds.pop()) in KIND_LABELS:
            return f"{len(attachments)} {KIND_LABELS[kind][1]}"
        return f"{len(attachments)} files"

    @classmethod
    def seen_by(cls, viewer: Member, key: str) -> Select[Self]:
        """Select the attachment with this key if a member, the viewer, may see it; else no row.

        They may if they take part in its conversation, or uploaded it and have not sent it. A file
        that can't be cleaned of metadata is seen by its uploader only.
        """
        takes_part = (
            exists()
            .where(Message.id == cls.message_id)
            .where(Participation.conversation_id == Message.conversation_id)
            .where(Participation.member_id == viewer.id)
        )
        is_own = cls.uploader_id == viewer.id
        unsent, may_be_clean = and_(cls.message_id.is_(None), is_own), cls.cleaned != NEVER
        return select(cls).where(cls.key == key, or_(unsent, takes_part), or_(is_own, may_be_clean))

    @classmethod
    def unsent_of(cls, uploader: Member, keys: Collection[str]) -> Select[Self]:
        """Select the attachments with these keys that the member uploaded and has not sent yet."""
        return select(cls).where(
            cls.key.in_(keys), cls.uploader_id == uploader.id, cls.message_id.is_(None)
        )

    @classmethod
    def of_message(cls, message_id: int) -> Select[Self]:
        """Select the attachments of a message in the order in which the author chose them."""
        return select(cls).where(cls.message_id == message_id).order_by(cls.place)

    @classmethod
    def bytes_used_by(cls, member: Member) -> Select[int]:
        """Select the total size in bytes of all files that a member uploaded, sent or not."""
        return select(func.coalesce(func.sum(cls.size), 0)).where(cls.uploader_id == member.id)

    @classmethod
    def expired(cls, now: datetime) -> Select[Self]:
        """Select the uploads that are older than a day and still not sent, to delete them."""
        return select(cls).where(cls.message_id.is_(None), cls.created_at < now - UNSENT_LIFETIME)

    @classmethod
    def by_cleaning(cls, state: int) -> Select[Self]:
        """Select the files whose metadata is in this state, such as `NOT_YET`, oldest first."""
        return select(cls).where(cls.cleaned == state).order_by(cls.id)

    @classmethod
    def referenced_keys(cls, keys: Collection[str]) -> set[str]:
        """Return which of these keys of stored files an attachment or a photo still uses."""
        columns = (cls.key, cls.thumb, cls.large)
        attached = set(
            db.session.scalars(union_all(*(select(each).where(each.in_(keys)) for each in columns)))
        )
        photo_of = {key: Member.photo_of_blob(key) for key in keys}
        photos = set(db.session.scalars(Member.with_photos(set(photo_of.values()))))
        return {key for key in keys if key in attached or photo_of[key] in photos}

    @classmethod
    def with_missing_blobs(cls, blob_exists: Callable[[str], bool]) -> Iterator[Self]:
        """Yield each attachment whose stored file, or a smaller copy of it, does not exist."""
        for each in db.session.scalars(
            select(cls).order_by(cls.id).execution_options(yield_per=500)
        ):
            if not all(blob_exists(key) for key in each.blobs):
                yield each

    @staticmethod
    def load_for(messages: Iterable[Message]) -> None:
        """Set `attachments` of each message, by one query for all; none if none has files."""
        with_files = {}
        for message in messages:
            set_committed_value(message, "attachments", [])
            if message.attached:
                with_files[message.id] = message
        if not with_files:
            return
        for each in db.session.scalars(_of_messages(), {"messages": list(with_files)}):
            with_files[each.message_id or 0].attachments.append(each)


@cache
def _of_messages() -> Select[Attachment]:
    messages = bindparam("messages", type_=Integer, expanding=True)
    attachments = select(Attachment).where(Attachment.message_id.in_(messages))
    return attachments.order_by(Attachment.message_id, Attachment.place)
