"""Plays a talk into rows, as if its members had done it all at the time.

The actions always stamp the present, so this writes what they would have written then:
compare actions/conversations.py and actions/invitations.py.
"""

from datetime import datetime

from sqlalchemy import delete

from linkmsg.db import db
from linkmsg.demo.script import Act, Talk, TalkError
from linkmsg.models import Connection, Conversation, Invitation, Member, Message, Participation
from linkmsg.models.message import CONNECTED, NOTICE, TEXT


class Stage:
    """One talk on its way into the database; `play` each act in the order of time."""

    def __init__(self, talk: Talk, members: dict[str, Member]) -> None:
        self.talk = talk
        self.members = members
        self.invitation: Invitation | None = None
        self.conversation: Conversation | None = None
        self.messages: list[Message] = []
        self.connected = talk.one == talk.other

    def play(self, act: Act, at: datetime) -> None:
        """Write what an act changes.

        Raises:
            TalkError: the rules would not have allowed it then.
        """
        verbs = {
            "says": self._say,
            "invites": self._invite,
            "accepts": self._accept,
            "ignores": self._ignore,
            "withdraws": self._withdraw,
            "removes": self._remove,
        }
        if act.verb not in verbs or act.who not in {self.talk.one, self.talk.other}:
            raise self._fault(act)
        verbs[act.verb](act, at)

    def close(self) -> None:
        """Write each one's own view of the conversation, once all messages have their ids."""
        if self.conversation is None:
            return
        for key in dict.fromkeys((self.talk.one, self.talk.other)):
            member_id = self.members[key].id
            theirs = [m.seq for m in self.messages if m.author_id not in {None, member_id}]
            waiting = self.talk.unread.get(key, 0)
            db.session.add(
                Participation(
                    conversation_id=self.conversation.id,
                    member_id=member_id,
                    last_message_id=self.messages[-1].id,
                    last_read_seq=theirs[-waiting] - 1 if waiting else self.messages[-1].seq,
                    unread=waiting,
                    seen_seq=self.messages[-1].seq,
                    receipt_seq=0,
                )
            )

    def _say(self, act: Act, at: datetime) -> None:
        asked = self.invitation
        if not self.connected:
            if asked is None or asked.closed_at or asked.ignored_at:
                raise self._fault(act)
            if asked.invitee_id == self.members[act.who].id:
                self._write_note(asked, at)
                asked.replied_at = asked.replied_at or at
            elif not asked.replied_at:
                raise self._fault(act)
        self._write(TEXT, act.text, act.who, at, at)

    def _invite(self, act: Act, at: datetime) -> None:
        if self.connected or (self.invitation and not self.invitation.closed_at):
            raise self._fault(act)
        invitee = self.talk.other if act.who == self.talk.one else self.talk.one
        inviter = self.members[act.who]
        self.invitation = Invitation.create(inviter, self.members[invitee], act.text, at)
        db.session.add(self.invitation)

    def _accept(self, act: Act, at: datetime) -> None:
        asked = self._open(act, answering=True)
        self._write_note(asked, at)
        if not asked.note:
            self._write(NOTICE, CONNECTED, None, at, at)
        asked.close("accepted", at)
        one, other = asked.inviter_id, asked.invitee_id
        db.session.add(Connection(member_id=one, peer_id=other, since=at))
        db.session.add(Connection(member_id=other, peer_id=one, since=at))
        self.connected = True

    def _ignore(self, act: Act, at: datetime) -> None:
        self._open(act, answering=True).ignored_at = at

    def _withdraw(self, act: Act, at: datetime) -> None:
        self._open(act, answering=False).close("withdrawn", at)

    def _remove(self, act: Act, at: datetime) -> None:
        if not self.connected:
            raise self._fault(act)
        low, high = self.members[self.talk.one].id, self.members[self.talk.other].id
        db.session.flush()
        db.session.execute(
            delete(Connection).where(
                Connection.member_id.in_((low, high)), Connection.peer_id.in_((low, high))
            )
        )
        self.connected = False

    def _open(self, act: Act, *, answering: bool) -> Invitation:
        asked = self.invitation
        if asked is None or asked.closed_at or asked.ignored_at:
            raise self._fault(act)
        allowed = asked.invitee_id if answering else asked.inviter_id
        if self.members[act.who].id != allowed:
            raise self._fault(act)
        return asked

    def _write_note(self, asked: Invitation, at: datetime) -> None:
        if asked.note and not asked.note_written:
            keys = (self.talk.one, self.talk.other)
            inviter = next(key for key in keys if self.members[key].id == asked.inviter_id)
            self._write(TEXT, asked.note, inviter, asked.sent_at, at, nonce=False)
            asked.note_written = True

    def _write(
        self,
        kind: str,
        body: str,
        author: str | None,
        created_at: datetime,
        at: datetime,
        *,
        nonce: bool = True,
    ) -> None:
        conversation = self.conversation or self._converse(at)
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

    def _converse(self, at: datetime) -> Conversation:
        low, high = sorted((self.members[self.talk.one].id, self.members[self.talk.other].id))
        made = Conversation(low_id=low, high_id=high, last_seq=0, revision=0, created_at=at)
        db.session.add(made)
        db.session.flush()
        self.conversation = made
        return made

    def _fault(self, act: Act) -> TalkError:
        return TalkError(
            f"{self.talk.one} + {self.talk.other}: {act.who} can't: {act.text[:40]!r}."
        )
