"""A thread: a page of a conversation as one member sees it, and what changed since."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from zoneinfo import ZoneInfo

from sqlalchemy.orm.attributes import set_committed_value

from linkmsg.db import db
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
    """A message in its place: whether a day begins with it, whether it goes on from the last."""

    message: Message
    starts_day: bool
    cont: bool


def entry_of(message: Message, previous: Message | None, zone: str) -> ThreadEntry:
    """The line of a message, from the message before it and the reader's zone only."""
    if previous is None:
        return ThreadEntry(message, starts_day=True, cont=False)
    here = ZoneInfo(zone)
    same_day = (
        message.created_at.astimezone(here).date() == previous.created_at.astimezone(here).date()
    )
    cont = (
        same_day
        and message.kind == previous.kind == TEXT
        and message.author_id == previous.author_id
        and abs(message.created_at - previous.created_at) < GROUPING_WINDOW
    )
    return ThreadEntry(message, starts_day=not same_day, cont=cont)


def entries_of(messages: list[Message], people: list[Member], zone: str) -> list[ThreadEntry]:
    """The lines of messages, in the order of seq.

    What each looks like depends on the message before it: give that along, and drop its line.
    """
    by_id = {person.id: person for person in people}
    by_seq = {message.seq: message for message in messages}
    for message in messages:
        set_committed_value(message, "author", by_id.get(message.author_id or 0))
    return [entry_of(each, by_seq.get(each.seq - 1), zone) for each in messages]


@dataclass(frozen=True)
class Thread:
    """A page of a conversation."""

    viewer: Member
    peer: Member
    relation: Relationship
    conversation_id: int
    lines: list[ThreadEntry]
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
        """Whether these are a member's notes to herself."""
        return self.peer.id == self.viewer.id

    @property
    def first_unread_seq(self) -> int | None:
        """The first message that she has not read, when it and what she has read are shown."""
        if not self.unread or not self.lines or self.lines[0].message.seq > self.last_read_seq + 1:
            return None
        return next(
            (
                line.message.seq
                for line in self.lines
                if line.message.seq > self.last_read_seq
                and line.message.author_id not in {None, self.viewer.id}
            ),
            None,
        )

    @classmethod
    def newest(
        cls, part: Participation, conversation: Conversation, relation: Relationship
    ) -> Self:
        """The last page."""
        return cls._page(part, conversation, relation, conversation.last_seq + 1, PAGE_SIZE, 0)

    @classmethod
    def around(
        cls, part: Participation, conversation: Conversation, relation: Relationship, seq: int
    ) -> Self:
        """The page with a message in its middle, marked."""
        return cls._page(part, conversation, relation, seq, PAGE_SIZE // 2, PAGE_SIZE // 2, at=seq)

    @classmethod
    def before(
        cls, part: Participation, conversation: Conversation, relation: Relationship, seq: int
    ) -> Self:
        """The page that ends right before a message."""
        return cls._page(part, conversation, relation, seq, PAGE_SIZE, 0)

    @classmethod
    def later(
        cls, part: Participation, conversation: Conversation, relation: Relationship, seq: int
    ) -> Self:
        """The page that begins with a message."""
        return cls._page(part, conversation, relation, seq, 0, PAGE_SIZE)

    @classmethod
    def _page(
        cls,
        part: Participation,
        conversation: Conversation,
        relation: Relationship,
        seq: int,
        before: int,
        after: int,
        at: int | None = None,
    ) -> Self:
        """So many messages before a seq and from it on; one more is read to see what it follows."""
        seq = min(max(seq, 1), conversation.last_seq + 1)
        older = Message.page_before(conversation.id, seq, before + 1)
        found = list(reversed(list(db.session.scalars(older))))
        if after:
            found += db.session.scalars(Message.page_from(conversation.id, seq, after))
        Attachment.load(found)
        lines = entries_of(found, [relation.viewer, relation.other], relation.viewer.zone)
        lines = [line for line in lines if line.message.seq >= seq - before]
        first = lines[0].message.seq if lines else seq
        last = lines[-1].message.seq if lines else seq - 1
        return cls(
            viewer=relation.viewer,
            peer=relation.other,
            relation=relation,
            conversation_id=conversation.id,
            lines=lines,
            older_seq=first if first > 1 else None,
            later_seq=last + 1 if last < conversation.last_seq else None,
            at=at,
            revision=conversation.revision,
            last_seq=conversation.last_seq,
            last_read_seq=part.last_read_seq,
            unread=part.unread,
            receipt=_receipt(conversation, relation),
        )


def _receipt(conversation: Conversation, relation: Relationship) -> Receipt | None:
    if not relation.shares_reading:
        return None
    found = Participation.receipt_from(conversation.id, relation.other.id)
    return Receipt.of(shared=True, theirs=db.session.scalars(found).one_or_none())


@dataclass(frozen=True)
class ThreadChanges:
    """What a viewer's page that holds a revision has to learn, up to CHANGES messages at once.

    `held` is that revision and `revision` the one that the page holds afterwards.
    """

    conversation_id: int
    lines: list[ThreadEntry]
    held: int
    revision: int
    more: bool
    side: ParticipantView

    @property
    def own_nonces(self) -> list[str]:
        """The names of the viewer's own acts of sending that these messages answer."""
        viewer_id = self.side.viewer.id
        own = (each.message for each in self.lines if each.message.author_id == viewer_id)
        return [message.nonce for message in own if message.nonce]

    @classmethod
    def after(cls, viewer: Member, conversation_id: int, revision: int) -> Self:
        """What changed after a revision, for one viewer."""
        return cls.each(conversation_id, revision, [viewer.id])[0]

    @classmethod
    def each(cls, conversation_id: int, revision: int, viewer_ids: Collection[int]) -> list[Self]:
        """What changed after a revision, for each of these viewers who takes part."""
        sides = ParticipantView.each(conversation_id, viewer_ids)
        asked = {"conversation": conversation_id, "revision": revision, "size": MAX_CHANGES}
        found = db.session.scalars(Message.changed_after(), asked) if sides else ()
        messages = list(found)
        Attachment.load(messages)
        # What stands before a change may have changed later than all that is told this time.
        changed = sorted(each.revision for each in messages if each.revision > revision)[
            :MAX_CHANGES
        ]
        told = range(revision + 1, (changed[-1] if changed else revision) + 1)
        return [
            cls(
                conversation_id=conversation_id,
                lines=_changed_entries(messages, told, side),
                held=revision,
                revision=told.stop - 1,
                more=len(changed) == MAX_CHANGES,
                side=side,
            )
            for side in sides
        ]


def _changed_entries(
    messages: list[Message], told: range, side: ParticipantView
) -> list[ThreadEntry]:
    lines = entries_of(messages, [side.viewer, side.row.peer], side.viewer.zone)
    return [line for line in lines if line.message.revision in told]
