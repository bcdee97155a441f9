"""Uploaded files that are not sent yet: add, describe, discard, and take them for a message."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from linkmsg import clock
from linkmsg.actions.errors import ActionRefused, AttachmentsRefused
from linkmsg.config import settings
from linkmsg.db import db, writing
from linkmsg.models import Attachment, Member, Message
from linkmsg.models.attachment import ALT_MAX, NOT_YET
from linkmsg.models.text import one_line

NOT_FOUND = "One of the files is no longer available. Attach it again."
QUOTA_REACHED = "Your files use all of your {} MiB. Ask an administrator for more space."


def add(uploader: Member, attachment: Attachment) -> Attachment:
    """Store an uploaded file's row; if the uploader does not send it within a day, it is deleted.

    Raises:
        ActionRefused: all their files together would exceed the quota of a member.
    """
    with writing():
        db.session.scalars(Member.locked(uploader.id)).one()
        check_quota(uploader, attachment.size)
        attachment.uploader_id, attachment.created_at = uploader.id, clock.now()
        db.session.add(attachment)
    return attachment


def check_quota(uploader: Member, size: int) -> None:
    """Raise an error if a member has no space left for a file of `size` bytes.

    Raises:
        ActionRefused: all their files together would exceed the quota of a member.
    """
    used = db.session.scalar(Attachment.bytes_used_by(uploader)) or 0
    if used + size > settings.quota * 1024 * 1024:
        raise ActionRefused(QUOTA_REACHED.format(f"{settings.quota:,}"))


def set_alt_text(uploader: Member, key: str, alt: str) -> Attachment | None:
    """Set the alternative text of an unsent file; return None if the member has no such file."""
    with writing():
        attachment = db.session.scalars(Attachment.unsent_of(uploader, [key])).one_or_none()
        if attachment is not None:
            attachment.alt = one_line(alt)[:ALT_MAX]
    return attachment


def discard(uploader: Member, key: str) -> Attachment | None:
    """Delete the row of an unsent file and return it; None if the member has no such file.

    The stored files (`blobs`) stay: the caller must delete them.
    """
    with writing():
        unsent = Attachment.unsent_of(uploader, [key]).with_for_update()
        attachment = db.session.scalars(unsent).one_or_none()
        if attachment is not None:
            db.session.delete(attachment)
    return attachment


def claim(author: Member, keys: Collection[str]) -> list[Attachment]:
    """Return an author's unsent files in the order of `keys`, with locked rows, for a message.

    Call it inside `with writing()`. The caller attaches them to the message.

    Raises:
        AttachmentsRefused: one is missing or not the author's, or they are too many or too large.
    """
    if not keys:
        return []
    unsent = Attachment.unsent_of(author, keys).with_for_update()
    by_key = {each.key: each for each in db.session.scalars(unsent)}
    if len(by_key) < len(set(keys)):
        raise AttachmentsRefused(NOT_FOUND)
    chosen = [by_key[key] for key in dict.fromkeys(keys)]
    if error := Attachment.validation_error(chosen):
        raise AttachmentsRefused(error)
    return chosen


def has_attachments(message: Message, keys: Collection[str]) -> bool:
    """Return whether a message has exactly the files with these keys, or files with equal content.

    A form that is sent again may have uploaded its files again, under new keys.
    """
    digests = select(Attachment.key, Attachment.digest)
    sent = dict(db.session.execute(digests.where(Attachment.message_id == message.id)).all())
    if sent.keys() == set(keys):
        return True
    uploaded = digests.where(Attachment.key.in_(keys), Attachment.uploader_id == message.author_id)
    repeated = dict(db.session.execute(uploaded).all())
    return repeated.keys() == set(keys) and sorted(repeated.values()) == sorted(sent.values())


def next_uncleaned() -> Attachment | None:
    """Return the oldest file whose metadata is still to be removed; None if there is none."""
    return db.session.scalars(Attachment.by_cleaning(NOT_YET).limit(1)).first()


def record_cleaning(id: int, state: int, fields: Mapping[str, Any]) -> None:
    """Record whether the metadata of a file was removed, and the columns that change with it."""
    with writing():
        attachment = db.session.get(Attachment, id)
        if attachment is not None:
            attachment.cleaned = state
            for name, value in fields.items():
                setattr(attachment, name, value)


def delete_expired(limit: int = 100) -> list[str]:
    """Delete the rows of up to `limit` uploads that were not sent within a day.

    Return the keys of their stored files, which the caller must delete.
    """
    with writing():
        expired = list(db.session.scalars(Attachment.expired(clock.now()).limit(limit)))
        for each in expired:
            db.session.delete(each)
    return [key for each in expired for key in each.blobs]
