"""Threads: the messages of a conversation as one member sees them, in pages of 40."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy.orm.attributes import set_committed_value

from linkmsg.db import column_names, db, query, read_only
from linkmsg.models.attachment import Attachment
from linkmsg.models.conversation import Conversation, Participation
from linkmsg.models.member import Member
from linkmsg.models.message import TEXT, Message
from linkmsg.models.participant_view import ParticipantView, Receipt
from linkmsg.models.relationship import Relationship

PAGE_SIZE = 40
MAX_CHANGES = 200
GROUPING_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True)
class ThreadEntry:
    """A message, and how it follows the one before it.

    `is_continuation`: within 5 minutes and on the same day, the same author wrote that one too.
    """

    message: Message
    is_first_of_day: bool
    is_continuation: bool


def entry_of(message: Message, previous: Message | None, zone: str) -> ThreadEntry:
    """Build the entry of a message from the message before it and the reader's time zone."""
    if previous is None:
        return ThreadEntry(message, is_first_of_day=True, is_continuation=False)
    reader_zone = ZoneInfo(zone)
    same_day = (
        message.created_at.astimezone(reader_zone).date()
        == previous.created_at.astimezone(reader_zone).date()
    )
    is_continuation = (
        same_day
        and message.kind == previous.kind == TEXT
        and message.author_id == previous.author_id
        and abs(message.created_at - previous.created_at) < GROUPING_WINDOW
    )
    return ThreadEntry(message, is_first_of_day=not same_day, is_continuation=is_continuation)


def entries_of(messages: list[Message], people: list[Member], zone: str) -> list[ThreadEntry]:
    """Build the entries of messages, ordered by position (`seq`), and set their authors.

    An entry depends on the message before it, so pass one more message and drop its entry.
    """
    by_id = {person.id: person for person in people}
    by_seq = {message.seq: message for message in messages}
    for message in messages:
        set_committed_value(message, "author", by_id.get(message.author_id or 0))
    return [entry_of(each, by_seq.get(each.seq - 1), zone) for each in messages]


@dataclass(frozen=True)
class Thread:
    """A page of a conversation, as one of its two members, the viewer, sees it.

    Pass `older_seq` to `before`, and `later_seq` to `later`, for the next page; None if none.
    `at` is the position of the message to mark. `revision` counts the conversation's changes.
    """

    viewer: Member
    peer: Member
    relationship: Relationship
    conversation_id: int
    entries: list[ThreadEntry]
    older_seq: int | None
    later_seq: int | None
    at: int | None
    revision: int
    last_seq: int
    last_read_seq: int
    unread: int
    receipt: Receipt | None

    @property
    def is_notes(self) -> bool:
        """Return whether these are the viewer's notes to self, not written to another member."""
        return self.peer.id == self.viewer.id

    @property
    def first_unread_seq(self) -> int | None:
        """Return the seq of the first unread message; None if none or maybe on an earlier page."""
        if (
            not self.unread
            or not self.entries
            or self.entries[0].message.seq > self.last_read_seq + 1
        ):
            return None
        return next(
            (
                entry.message.seq
                for entry in self.entries
                if entry.message.seq > self.last_read_seq
                and entry.message.author_id not in {None, self.viewer.id}
            ),
            None,
        )

    @classmethod
    def newest(
        cls, part: Participation, conversation: Conversation, relationship: Relationship
    ) -> Self:
        """Return the page with the newest messages of the conversation."""
        return cls._page(part, conversation, relationship, conversation.last_seq + 1, PAGE_SIZE, 0)

    @classmethod
    def around(
        cls, part: Participation, conversation: Conversation, relationship: Relationship, seq: int
    ) -> Self:
        """Return a page with the message at position `seq` in its middle and marked (`at`)."""
        return cls._page(
            part, conversation, relationship, seq, PAGE_SIZE // 2, PAGE_SIZE // 2, at=seq
        )

    @classmethod
    def before(
        cls, part: Participation, conversation: Conversation, relationship: Relationship, seq: int
    ) -> Self:
        """Return the page of messages right before position `seq`."""
        return cls._page(part, conversation, relationship, seq, PAGE_SIZE, 0)

    @classmethod
    def later(
        cls, part: Participation, conversation: Conversation, relationship: Relationship, seq: int
    ) -> Self:
        """Return the page of messages from position `seq` on."""
        return cls._page(part, conversation, relationship, seq, 0, PAGE_SIZE)

    @classmethod
    def _page(
        cls,
        part: Participation,
        conversation: Conversation,
        relationship: Relationship,
        seq: int,
        before: int,
        after: int,
        at: int | None = None,
    ) -> Self:
        """Return a page: `before` messages before position `seq`, and `after` from it on."""
        seq = min(max(seq, 1), conversation.last_seq + 1)
        # One message more than shown, since the first entry depends on the message before it.
        older = Message.page_before(conversation.id, seq, before + 1)
        messages = list(reversed(list(db.session.scalars(older))))
        if after:
            messages += db.session.scalars(Message.page_from(conversation.id, seq, after))
        Attachment.load_for(messages)
        entries = entries_of(
            messages, [relationship.viewer, relationship.other], relationship.viewer.zone
        )
        entries = [entry for entry in entries if entry.message.seq >= seq - before]
        first = entries[0].message.seq if entries else seq
        last = entries[-1].message.seq if entries else seq - 1
        return cls(
            viewer=relationship.viewer,
            peer=relationship.other,
            relationship=relationship,
            conversation_id=conversation.id,
            entries=entries,
            older_seq=first if first > 1 else None,
            later_seq=last + 1 if last < conversation.last_seq else None,
            at=at,
            revision=conversation.revision,
            last_seq=conversation.last_seq,
            last_read_seq=part.last_read_seq,
            unread=part.unread,
            receipt=_receipt(conversation, relationship),
        )


def _receipt(conversation: Conversation, relationship: Relationship) -> Receipt | None:
    if not relationship.shares_reading:
        return None
    participation = Participation.receipt_from(conversation.id, relationship.other.id)
    return Receipt.of(shared=True, theirs=db.session.scalars(participation).one_or_none())


@dataclass(frozen=True)
class ThreadChanges:
    """New and changed messages since a revision (count of changes), at most 200, for one viewer.

    A page that shows them is at `revision`; `has_more` says that further changes may follow.
    """

    conversation_id: int
    entries: list[ThreadEntry]
    since_revision: int
    revision: int
    has_more: bool
    view: ParticipantView

    @property
    def viewer_nonces(self) -> list[str]:
        """Return the nonces (random ids from the form) of the viewer's own changed messages."""
        viewer_id = self.view.viewer.id
        own = (each.message for each in self.entries if each.message.author_id == viewer_id)
        return [message.nonce for message in own if message.nonce]

    @classmethod
    def after(cls, viewer: Member, conversation_id: int, revision: int) -> Self:
        """Return the changes after a revision, for a viewer who takes part."""
        return cls.each(conversation_id, revision, [viewer.id])[0]

    @classmethod
    def each(cls, conversation_id: int, revision: int, viewer_ids: Collection[int]) -> list[Self]:
        """Return the changes after a revision, one result for each viewer who takes part."""
        views = ParticipantView.each(conversation_id, viewer_ids)
        parameters = {"conversation": conversation_id, "revision": revision, "size": MAX_CHANGES}
        rows = query(Message.changed_after(), parameters) if views else ()
        messages = [
            read_only(Message, zip(column_names(Message), row, strict=True)) for row in rows
        ]
        Attachment.load_for(messages)
        # The message before a change is read too. It may have changed after these changes.
        changed = sorted(each.revision for each in messages if each.revision > revision)[
            :MAX_CHANGES
        ]
        revisions = range(revision + 1, (changed[-1] if changed else revision) + 1)
        return [
            cls(
                conversation_id=conversation_id,
                entries=_changed_entries(messages, revisions, view),
                since_revision=revision,
                revision=revisions.stop - 1,
                has_more=len(changed) == MAX_CHANGES,
                view=view,
            )
            for view in views
        ]


def _changed_entries(
    messages: list[Message], revisions: range, view: ParticipantView
) -> list[ThreadEntry]:
    entries = entries_of(messages, [view.viewer, view.row.peer], view.viewer.zone)
    return [entry for entry in entries if entry.message.revision in revisions]
