"""Writes a talk (all events between two demo members) into the database, at the given times.

The actions always use the current time, so this writes the rows that they would have written:
compare actions/conversations.py and actions/invitations.py.
"""

from datetime import datetime

from sqlalchemy import delete

from linkmsg.db import db
from linkmsg.demo.talk_parser import Talk, TalkError, TalkEvent
from linkmsg.models import Connection, Conversation, Invitation, Member, Message, Participation
from linkmsg.models.message import CONNECTED, NOTICE, TEXT


class TalkWriter:
    """Writes the events between two members of the demo; call `write` in the order of time."""

    def __init__(self, talk: Talk, members: dict[str, Member]) -> None:
        self.talk = talk
        self.members = members
        self.invitation: Invitation | None = None
        self.conversation: Conversation | None = None
        self.messages: list[Message] = []
        self.is_connected = talk.first == talk.second

    def write(self, event: TalkEvent, at: datetime) -> None:
        """Write the rows that linkmsg would have written if the member had acted at the time `at`.

        Raises:
            TalkError: the action is unknown, or the member may not do it in this situation.
        """
        actions = {
            "says": self._say,
            "invites": self._invite,
            "accepts": self._accept,
            "ignores": self._ignore,
            "withdraws": self._withdraw,
            "removes": self._remove,
        }
        if event.action not in actions or event.member not in {self.talk.first, self.talk.second}:
            raise self._error(event)
        actions[event.action](event, at)

    def write_participations(self) -> None:
        """Write each member's inbox entry: their last message, and how far they have read.

        Flush the session before, because the entries refer to the ids of the messages.
        """
        if self.conversation is None:
            return
        for key in dict.fromkeys((self.talk.first, self.talk.second)):
            member_id = self.members[key].id
            received = [m.seq for m in self.messages if m.author_id not in {None, member_id}]
            unread = self.talk.unread.get(key, 0)
            db.session.add(
                Participation(
                    conversation_id=self.conversation.id,
                    member_id=member_id,
                    last_message_id=self.messages[-1].id,
                    last_read_seq=received[-unread] - 1 if unread else self.messages[-1].seq,
                    unread=unread,
                    seen_seq=self.messages[-1].seq,
                    receipt_seq=0,
                )
            )

    def _say(self, event: TalkEvent, at: datetime) -> None:
        invitation = self.invitation
        if not self.is_connected:
            if invitation is None or invitation.closed_at or invitation.ignored_at:
                raise self._error(event)
            if invitation.invitee_id == self.members[event.member].id:
                self._write_note(invitation, at)
                invitation.replied_at = invitation.replied_at or at
            elif not invitation.replied_at:
                raise self._error(event)
        self._write_message(TEXT, event.text, event.member, at, at)

    def _invite(self, event: TalkEvent, at: datetime) -> None:
        if self.is_connected or (self.invitation and not self.invitation.closed_at):
            raise self._error(event)
        invitee = self.talk.second if event.member == self.talk.first else self.talk.first
        inviter = self.members[event.member]
        self.invitation = Invitation.create(inviter, self.members[invitee], event.text, at)
        db.session.add(self.invitation)

    def _accept(self, event: TalkEvent, at: datetime) -> None:
        invitation = self._pending_invitation(event, is_invitee=True)
        self._write_note(invitation, at)
        if not invitation.note:
            self._write_message(NOTICE, CONNECTED, None, at, at)
        invitation.close("accepted", at)
        inviter_id, invitee_id = invitation.inviter_id, invitation.invitee_id
        db.session.add(Connection(member_id=inviter_id, peer_id=invitee_id, since=at))
        db.session.add(Connection(member_id=invitee_id, peer_id=inviter_id, since=at))
        self.is_connected = True

    def _ignore(self, event: TalkEvent, at: datetime) -> None:
        self._pending_invitation(event, is_invitee=True).ignored_at = at

    def _withdraw(self, event: TalkEvent, at: datetime) -> None:
        self._pending_invitation(event, is_invitee=False).close("withdrawn", at)

    def _remove(self, event: TalkEvent, at: datetime) -> None:
        if not self.is_connected:
            raise self._error(event)
        low, high = self.members[self.talk.first].id, self.members[self.talk.second].id
        db.session.flush()
        db.session.execute(
            delete(Connection).where(
                Connection.member_id.in_((low, high)), Connection.peer_id.in_((low, high))
            )
        )
        self.is_connected = False

    def _pending_invitation(self, event: TalkEvent, *, is_invitee: bool) -> Invitation:
        invitation = self.invitation
        if invitation is None or invitation.closed_at or invitation.ignored_at:
            raise self._error(event)
        member_id = invitation.invitee_id if is_invitee else invitation.inviter_id
        if self.members[event.member].id != member_id:
            raise self._error(event)
        return invitation

    def _write_note(self, invitation: Invitation, at: datetime) -> None:
        if invitation.note and not invitation.note_written:
            keys = (self.talk.first, self.talk.second)
            inviter = next(key for key in keys if self.members[key].id == invitation.inviter_id)
            self._write_message(TEXT, invitation.note, inviter, invitation.sent_at, at, nonce=False)
            invitation.note_written = True

    def _write_message(
        self,
        kind: str,
        body: str,
        author: str | None,
        created_at: datetime,
        at: datetime,
        *,
        nonce: bool = True,
    ) -> None:
        conversation = self.conversation or self._start_conversation(at)
        conversation.last_seq += 1
        conversation.revision += 1
        name = f"demo-conversation-{conversation.id}-{conversation.last_seq}"
        message = Message(
            conversation_id=conversation.id,
            seq=conversation.last_seq,
            revision=conversation.revision,
            kind=kind,
            author_id=self.members[author].id if author else None,
            nonce=name if author and nonce else None,
            body=body,
            created_at=created_at,
        )
        self.messages.append(message)
        db.session.add(message)

    def _start_conversation(self, at: datetime) -> Conversation:
        low, high = sorted((self.members[self.talk.first].id, self.members[self.talk.second].id))
        conversation = Conversation(low_id=low, high_id=high, last_seq=0, revision=0, created_at=at)
        db.session.add(conversation)
        db.session.flush()
        self.conversation = conversation
        return conversation

    def _error(self, event: TalkEvent) -> TalkError:
        return TalkError(
            f"{self.talk.first} + {self.talk.second}: {event.member} can't: {event.text[:40]!r}."
        )
