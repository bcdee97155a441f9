"""An attachment: a file that somebody sends along, waiting to be sent or in a message."""

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

# Bytes of a file and of a message; files of a message; characters of an alternative text.
MAX_SIZE, MAX_MESSAGE_SIZE, MAX_PER_MESSAGE, ALT_MAX = 25 * 1024 * 1024, 50 * 1024 * 1024, 10, 1000
IMAGE, AUDIO, VIDEO, PDF, FILE = "image", "audio", "video", "pdf", "file"
KIND_LABELS = {
    IMAGE: ("Photo", "photos"),
    AUDIO: ("Audio", "recordings"),
    VIDEO: ("Video", "videos"),
}
VOICE_MESSAGE = "Voice message"
TOO_MANY = f"A message can carry {MAX_PER_MESSAGE} files. Send the others in another one."
FILES_TOO_LARGE = "The files of a message can have 50 MiB together. Send some in another one."
# What was uploaded and not sent is kept for so long.
UNSENT_LIFETIME = timedelta(days=1)


class Attachment(Model):
    """A file. Until its uploader sends it, it is hers alone; then it belongs to its message.

    `key` names its blob and can't be guessed; `thumb` and `large` are blobs of the copies of an
    image that are shown. `digest` is the SHA-256 of what the key gives.
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
    created_at: Mapped[datetime]

    @property
    def is_sent(self) -> bool:
        """Whether it belongs to a message."""
        return self.message_id is not None

    @property
    def has_thumbnail(self) -> bool:
        """Whether it is an image that could be read, so that there are copies to show."""
        return self.thumb is not None

    @property
    def is_inline(self) -> bool:
        """Whether its bytes are of a kind that a browser may show."""
        return self.kind != FILE

    @property
    def blobs(self) -> list[str]:
        """The keys of all its blobs."""
        return [key for key in (self.key, self.thumb, self.large) if key]

    @classmethod
    def validation_error(cls, chosen: Collection[Self]) -> str | None:
        """Why these can't go in one message, in a sentence; None if they can."""
        if len(chosen) > MAX_PER_MESSAGE:
            return TOO_MANY
        if sum(each.size for each in chosen) > MAX_MESSAGE_SIZE:
            return FILES_TOO_LARGE
        return None

    @staticmethod
    def summary(chosen: Collection["Attachment"]) -> str:
        """What a row says of a message that is nothing but these files."""
        kinds = {each.kind for each in chosen}
        if len(chosen) == 1:
            only = next(iter(chosen))
            return (
                VOICE_MESSAGE if only.is_voice else KIND_LABELS.get(only.kind, (only.name, ""))[0]
            )
        if len(kinds) == 1 and (kind := kinds.pop()) in KIND_LABELS:
            return f"{len(chosen)} {KIND_LABELS[kind][1]}"
        return f"{len(chosen)} files"

    @classmethod
    def seen_by(cls, viewer: Member, key: str) -> Select[Self]:
        """The attachment of this key, if she takes part where it was sent, or has it to send."""
        takes_part = (
            exists()
            .where(Message.id == cls.message_id)
            .where(Participation.conversation_id == Message.conversation_id)
            .where(Participation.member_id == viewer.id)
        )
        unsent = and_(cls.message_id.is_(None), cls.uploader_id == viewer.id)
        return select(cls).where(cls.key == key, or_(unsent, takes_part))

    @classmethod
    def unsent_of(cls, uploader: Member, keys: Collection[str]) -> Select[Self]:
        """Those of these that are the member's to send."""
        return select(cls).where(
            cls.key.in_(keys), cls.uploader_id == uploader.id, cls.message_id.is_(None)
        )

    @classmethod
    def of_message(cls, message_id: int) -> Select[Self]:
        """What a message carries, in its order."""
        return select(cls).where(cls.message_id == message_id).order_by(cls.place)

    @classmethod
    def bytes_used_by(cls, member: Member) -> Select[int]:
        """How many bytes a member has uploaded."""
        return select(func.coalesce(func.sum(cls.size), 0)).where(cls.uploader_id == member.id)

    @classmethod
    def expired(cls, now: datetime) -> Select[Self]:
        """What was uploaded long ago and never sent."""
        return select(cls).where(cls.message_id.is_(None), cls.created_at < now - UNSENT_LIFETIME)

    @classmethod
    def referenced_keys(cls, names: Collection[str]) -> set[str]:
        """Those of these names of blobs that a row owns: an attachment's, or a member's photo."""
        mine = (select(key).where(key.in_(names)) for key in (cls.key, cls.thumb, cls.large))
        owned = set(db.session.scalars(union_all(*mine)))
        photos = {name: Member.photo_of_blob(name) for name in names}
        kept = set(db.session.scalars(Member.with_photos(set(photos.values()))))
        return {name for name in names if name in owned or photos[name] in kept}

    @classmethod
    def with_missing_blobs(cls, there: Callable[[str], bool]) -> Iterator[Self]:
        """The attachments of which a blob is not there."""
        for each in db.session.scalars(
            select(cls).order_by(cls.id).execution_options(yield_per=500)
        ):
            if not all(there(key) for key in each.blobs):
                yield each

    @staticmethod
    def load_for(messages: Iterable[Message]) -> None:
        """Give messages what they carry: one statement, and none where none carries anything."""
        carrying = {}
        for message in messages:
            set_committed_value(message, "attachments", [])
            if message.attached:
                carrying[message.id] = message
        if not carrying:
            return
        for each in db.session.scalars(_of_messages(), {"messages": list(carrying)}):
            carrying[each.message_id or 0].attachments.append(each)


@cache
def _of_messages() -> Select[Attachment]:
    messages = bindparam("messages", type_=Integer, expanding=True)
    carried = select(Attachment).where(Attachment.message_id.in_(messages))
    return carried.order_by(Attachment.message_id, Attachment.place)
