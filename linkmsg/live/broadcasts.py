"""What members are told over the line: one function and one template for each event.

Each is called after the commit, and nothing it does may fail or delay what was done: who can't
be told is sent to ask for what is new. Frames show what is in the database when they are made,
not what the caller believes, and say `as_of` which look they are, so that a page that hears the
same thing on two ways knows which is newer.
"""

from collections.abc import Callable, Iterable, Iterator

from flask import current_app

from linkmsg import clock
from linkmsg.db import db
from linkmsg.live.frames import addressed, render, render_changed
from linkmsg.live.hub import LOOK, Hub
from linkmsg.models import Connection, Conversation, Invitation, Member, Relationship
from linkmsg.models.participant_view import ParticipantView
from linkmsg.models.people import InvitationView
from linkmsg.models.thread import ThreadChanges

Frames = Iterator[tuple[int, str]]


def changed(conversation: Conversation, held: int, author_id: int = 0) -> str | None:
    """Messages were posted (or changed) since the revision `held`: to all who take part.

    Gives back what the author's pages are told, for it answers her request as well; None if
    that is not all, or nobody is connected.
    """
    hers: list[str] = []

    def frames(viewers: list[int]) -> Frames:
        for changes in ThreadChanges.each(conversation.id, held, {*viewers, author_id} - {0}):
            viewer_id, frame = changes.view.viewer.id, render_changed(changes)
            if viewer_id == author_id and not changes.has_more:
                hers.append(frame)
            yield viewer_id, frame

    _tell(conversation.member_ids, frames)
    return hers[0] if hers else None


def row(conversation_id: int, member_id: int) -> None:
    """A member has read, or put back to unread: her row and her count, in all her tabs."""

    def frames(viewers: list[int]) -> Frames:
        for view in ParticipantView.each(conversation_id, viewers):
            yield view.viewer.id, render("row", view=view, viewer=view.viewer)

    _tell([member_id], frames)


def receipt(conversation: Conversation, reader_id: int) -> None:
    """A member has read what others wrote: to those with whom she shares it."""

    def frames(viewers: list[int]) -> Frames:
        for view in ParticipantView.each(conversation.id, viewers):
            if view.receipt:
                yield view.viewer.id, render("receipt", view=view, viewer=view.viewer)

    _tell(conversation.member_ids - {reader_id}, frames)


def typing(conversation: Conversation, typist: Member) -> None:
    """A member is writing: to the other, if the two share it."""

    def frames(viewers: list[int]) -> Frames:
        for viewer_id in viewers:
            if Relationship.between(typist, viewer_id, clock.now()).shares_reading:
                yield viewer_id, render("typing", conversation_id=conversation.id, typist=typist)

    _hint(conversation.member_ids - {typist.id}, frames)


def invitation(asked: Invitation, *, except_member_id: int = 0) -> None:
    """An invitation was sent or answered, or has ended: to each of the two as she may see it.

    Not to the one who is left out, if any: hearing of nothing new would tell her when it was.
    """

    def frames(viewers: list[int]) -> Frames:
        for viewer in db.session.scalars(Member.by_ids(viewers)):
            now = clock.now()
            waiting = db.session.scalar(Invitation.count_received_by(viewer, now)) or 0
            view = InvitationView.all_of(viewer, Invitation.of_member(viewer, asked.id))[0]
            shown = {"view": view, "waiting": waiting, "is_listed": view.is_listed(viewer, now)}
            yield viewer.id, render("invitation", viewer=viewer, **shown)

    _tell({asked.inviter_id, asked.invitee_id} - {except_member_id}, frames)


def relationship(one_id: int, other_id: int, *, except_member_id: int = 0) -> None:
    """Two members stand otherwise to each other: their pages ask what each may do and see now.

    Not the one who is left out, if any, as in `invitation`.
    """

    def frames(viewers: list[int]) -> Frames:
        pair = db.session.scalars(Conversation.of_pair(one_id, other_id)).one_or_none()
        frame = render("relationship", conversation_id=pair.id) if pair else ""
        for viewer_id in viewers:
            yield from ((viewer_id, each) for each in (frame, LOOK) if each)

    _tell({one_id, other_id} - {except_member_id}, frames)


def relationships(member: Member) -> None:
    """A member's account was closed or opened: as `relationship`, to all who write with her."""
    _tell(_with_peers(member), lambda viewers: _look_at_thread_with(member, viewers))


def renamed(member: Member) -> None:
    """A member has another name: to herself, and to all who have a conversation with her."""

    def frames(viewers: list[int]) -> Frames:
        frame = render("renamed", member=member)
        yield from ((viewer_id, frame) for viewer_id in viewers)
        yield from _look_at_thread_with(member, viewers)

    _tell(_with_peers(member), frames)


def presence(came: set[int], gone: set[int]) -> None:
    """Members came, or have gone: to those of their connections with whom they share it."""

    def frames(viewers: list[int]) -> Frames:
        told: dict[int, list[tuple[int, bool]]] = {}
        # Who is connected is picked out here: thousands of them are more than those who share it.
        here, pairs = set(viewers), Connection.presence_pairs(came | gone)
        for member_id, viewer_id in db.session.execute(pairs):
            if viewer_id in here:
                told.setdefault(viewer_id, []).append((member_id, member_id in came))
        for viewer_id, changes in told.items():
            yield viewer_id, render("presence", changes=changes)

    _hint(Hub.here().connected(), frames)


def look_anew(member: Member) -> None:
    """A member looks otherwise, or shares more or less of herself: pages that show it ask anew."""

    def frames(viewers: list[int]) -> Frames:
        yield from ((viewer_id, LOOK) for viewer_id in viewers)

    _tell(_with_peers(member), frames)


def signed_out(member_id: int, *, except_session_id: int = 0, session_id: int = 0) -> None:
    """A member's sessions have ended, all but one or one only: their tabs go to the front door."""
    Hub.here().end_sessions(member_id, except_session_id=except_session_id, session_id=session_id)


def _look_at_thread_with(member: Member, viewers: list[int]) -> Frames:
    for viewer_id in viewers:
        pair = db.session.scalars(Conversation.of_pair(member.id, viewer_id)).one_or_none()
        if pair is not None:
            yield viewer_id, render("relationship", conversation_id=pair.id)
        yield viewer_id, LOOK


def _with_peers(member: Member) -> Iterator[int]:
    yield member.id
    yield from db.session.scalars(Conversation.peers_of(member))


def _tell(member_ids: Iterable[int], frames: Callable[[list[int]], Frames]) -> None:
    """Send to those who are connected; whoever connects later has missed something."""
    _send(lambda: Hub.here().note(member_ids), frames)


def _hint(member_ids: Iterable[int], frames: Callable[[list[int]], Frames]) -> None:
    """Send what is true for a moment only: nobody misses it."""
    _send(lambda: sorted(set(member_ids) & Hub.here().connected()), frames)


def _send(whom: Callable[[], list[int]], frames: Callable[[list[int]], Frames]) -> None:
    hub, viewers = Hub.here(), []
    try:
        viewers = whom()
        if viewers:
            with addressed():
                for viewer_id, frame in frames(viewers):
                    hub.push(viewer_id, frame)
    except Exception:
        current_app.logger.exception("members were not told; their pages are sent to ask")
        db.session.rollback()
        hub.drop(viewers or hub.connected())
