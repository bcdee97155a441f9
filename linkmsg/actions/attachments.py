"""Attachments before they are sent: kept, described, taken back; and claimed by a message."""

from collections.abc import Collection

from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, AttachmentsRefused
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.models import Attachment, Member, Message
from linkmsg.models.attachment import ALT_MAX

NOT_FOUND = "One of the files is no longer here. Attach it again."
QUOTA_REACHED = (
    "You have used all the room you have for files here, which is {} MiB. Ask an admin for more."
)


def add(uploader: Member, attachment: Attachment) -> Attachment:
    """Keep what was uploaded, for its uploader to send within a day.

    Raises:
        Refused: she has no room left for it.
    """
    with writing():
        db.session.scalars(Member.locked(uploader.id)).one()
        check_quota(uploader, attachment.size)
        attachment.uploader_id, attachment.created_at = uploader.id, clock.now()
        db.session.add(attachment)
    return attachment


def check_quota(uploader: Member, size: int) -> None:
    """Whether a member has room for so many bytes more.

    Raises:
        Refused: she has not.
    """
    used = db.session.scalar(Attachment.used_by(uploader)) or 0
    if used + size > settings.quota * 1024 * 1024:
        raise ActionRefused(QUOTA_REACHED.format(f"{settings.quota:,}"))


def describe(uploader: Member, key: str, alt: str) -> Attachment | None:
    """Say what an image shows, for those who can't see it; None if it is not hers to send."""
    with writing():
        found = db.session.scalars(Attachment.unsent_of(uploader, [key])).one_or_none()
        if found is not None:
            found.alt = " ".join(alt.split())[:ALT_MAX]
    return found


def discard(uploader: Member, key: str) -> Attachment | None:
    """Take back what was not sent; None if it is not hers to take back. Its blobs are left."""
    with writing():
        asked = Attachment.unsent_of(uploader, [key]).with_for_update()
        found = db.session.scalars(asked).one_or_none()
        if found is not None:
            db.session.delete(found)
    return found


def claim(author: Member, keys: Collection[str]) -> list[Attachment]:
    """What an author sends along, locked, in the order of its keys. Call it in a write.

    Raises:
        FilesRefused: one of them is not hers to send, or they are too many or too large together.
    """
    if not keys:
        return []
    asked = Attachment.unsent_of(author, keys).with_for_update()
    found = {each.key: each for each in db.session.scalars(asked)}
    if len(found) < len(set(keys)):
        raise AttachmentsRefused(NOT_FOUND)
    chosen = [found[key] for key in dict.fromkeys(keys)]
    if fault := Attachment.fault(chosen):
        raise AttachmentsRefused(fault)
    return chosen


def has_attachments(message: Message, keys: Collection[str]) -> bool:
    """Whether a message carries just these, or files equal to them: a form that was sent again."""
    known = select(Attachment.key, Attachment.digest)
    mine = dict(db.session.execute(known.where(Attachment.message_id == message.id)).all())
    hers = known.where(Attachment.key.in_(keys), Attachment.uploader_id == message.author_id)
    named = mine if mine.keys() == set(keys) else dict(db.session.execute(hers).all())
    return named.keys() == set(keys) and sorted(named.values()) == sorted(mine.values())


def delete_expired(limit: int = 100) -> list[str]:
    """Forget uploads that were not sent within a day; the keys of their blobs."""
    with writing():
        old = list(db.session.scalars(Attachment.forgotten(clock.now()).limit(limit)))
        for each in old:
            db.session.delete(each)
    return [key for each in old for key in each.blobs]
