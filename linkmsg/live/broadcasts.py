"""Send events to members with an open tab: one function and one template for each event.

Each function is called after the commit and raises no errors: if a frame (the HTML that is sent
over a WebSocket) can't be rendered, the connections of its recipients are closed, and their pages
reconnect and fetch what they missed. Frames show what is in the database when they are rendered.
They carry a label of that database state, so that a page that gets the same thing twice, as an
answer and as a frame, knows which is newer.
"""

from collections.abc import Callable, Iterable, Iterator

from flask import current_app

from linkmsg import clock
from linkmsg.db import db
from linkmsg.live.frames import render, render_changed, url_context
from linkmsg.live.hub import REFRESH, Hub
from linkmsg.models import Connection, Conversation, Invitation, Member, Relationship, snapshot
from linkmsg.models.participant_view import ParticipantView
from linkmsg.models.people import InvitationView
from linkmsg.models.thread import ThreadChanges

Frames = Iterator[tuple[int, str]]


def messages_changed(
    conversation: Conversation, since_revision: int, author_id: int = 0
) -> str | None:
    """Send both members of a conversation the messages that were added or changed in it.

    `since_revision` is the conversation's revision before the change. Return the frame of the
    author, with which their own request can be answered; None without an author, if nobody is
    connected, or if the frame does not contain all changes.
    """
    author_frames: list[str] = []

    def frames(viewer_ids: list[int]) -> Frames:
        recipients = {*viewer_ids, author_id} - {0}
        for changes in ThreadChanges.each(conversation.id, since_revision, recipients):
            viewer_id, frame = changes.view.viewer.id, render_changed(changes)
            if viewer_id == author_id and not changes.has_more:
                author_frames.append(frame)
            yield viewer_id, frame

    _broadcast(conversation.member_ids, frames)
    return author_frames[0] if author_frames else None


def read_state_changed(conversation_id: int, member_id: int) -> None:
    """Update a conversation in a member's inbox after they have read it or marked it unread."""

    def frames(viewer_ids: list[int]) -> Frames:
        for view in ParticipantView.each(conversation_id, viewer_ids):
            yield view.viewer.id, render("row", view=view, viewer=view.viewer)

    _broadcast([member_id], frames)


def receipt(conversation: Conversation, reader_id: int) -> None:
    """Show the other member what `reader_id` has read, if both share read receipts."""

    def frames(viewer_ids: list[int]) -> Frames:
        for view in ParticipantView.each(conversation.id, viewer_ids):
            if view.receipt:
                yield view.viewer.id, render("receipt", view=view, viewer=view.viewer)

    _broadcast(conversation.member_ids - {reader_id}, frames)


def typing(conversation: Conversation, typist: Member) -> None:
    """Show the other member that `typist` is typing, if both share read receipts."""

    def frames(viewer_ids: list[int]) -> Frames:
        for viewer_id in viewer_ids:
            if Relationship.between(typist, viewer_id, clock.now()).shares_reading:
                yield viewer_id, render("typing", conversation_id=conversation.id, typist=typist)

    _broadcast_momentary(conversation.member_ids - {typist.id}, frames)


def invitation(invitation: Invitation, *, except_member_id: int = 0) -> None:
    """Show an invitation to its two members after it was sent, accepted, ignored or withdrawn.

    The member `except_member_id` gets nothing, such as an inviter who must not notice that they
    were ignored: even a frame in which nothing has changed would reveal it.
    """

    def frames(viewer_ids: list[int]) -> Frames:
        for viewer in db.session.scalars(Member.by_ids(viewer_ids)):
            now = clock.now()
            waiting = db.session.scalar(Invitation.count_received_by(viewer, now)) or 0
            view = InvitationView.all_of(viewer, Invitation.of_member(viewer, invitation.id))[0]
            shown = {"view": view, "waiting": waiting, "is_listed": view.is_listed(viewer, now)}
            yield viewer.id, render("invitation", viewer=viewer, **shown)

    _broadcast({invitation.inviter_id, invitation.invitee_id} - {except_member_id}, frames)


def relationship(one_id: int, other_id: int, *, except_member_id: int = 0) -> None:
    """Make the pages of two members reload what depends on whether they are connected.

    The member `except_member_id` gets nothing, because they must not notice the change.
    """

    def frames(viewer_ids: list[int]) -> Frames:
        pair = db.session.scalars(Conversation.of_pair(one_id, other_id)).one_or_none()
        frame = render("relationship", conversation_id=pair.id) if pair else ""
        for viewer_id in viewer_ids:
            yield from ((viewer_id, each) for each in (frame, REFRESH) if each)

    _broadcast({one_id, other_id} - {except_member_id}, frames)


def joined(inviter_id: int, newcomer: Member) -> None:
    """Tell a member that somebody signed up by their invite link, and reload who is listed."""

    def frames(viewer_ids: list[int]) -> Frames:
        for viewer_id in viewer_ids:
            yield viewer_id, render("joined", newcomer=newcomer)
            yield viewer_id, REFRESH

    _broadcast([inviter_id], frames)


def relationships(member: Member) -> None:
    """Make open pages reload the conversations with a member whose account was closed or opened."""
    _broadcast(_with_peers(member), lambda viewer_ids: _refresh_thread_with(member, viewer_ids))


def renamed(member: Member) -> None:
    """Send a member's new name to them and to all who have a conversation with them."""

    def frames(viewer_ids: list[int]) -> Frames:
        frame = render("renamed", member=member)
        yield from ((viewer_id, frame) for viewer_id in viewer_ids)
        yield from _refresh_thread_with(member, viewer_ids)

    _broadcast(_with_peers(member), frames)


def presence(came: set[int], gone: set[int]) -> None:
    """Show who came online or left to those connections of theirs who share presence with them."""

    def frames(viewer_ids: list[int]) -> Frames:
        changes_for: dict[int, list[tuple[int, bool]]] = {}
        # Not in the statement: it would have to list thousands of connected members.
        connected, pairs = set(viewer_ids), Connection.presence_pairs(came | gone)
        for member_id, viewer_id in db.session.execute(pairs):
            if viewer_id in connected:
                changes_for.setdefault(viewer_id, []).append((member_id, member_id in came))
        for viewer_id, changes in changes_for.items():
            yield viewer_id, render("presence", changes=changes)

    _broadcast_momentary(Hub.current().connected_members(), frames)


def refresh(member: Member) -> None:
    """Make open pages reload after a change of a member's profile or privacy settings.

    The pages are those of the member and of all who have a conversation with them.
    """

    def frames(viewer_ids: list[int]) -> Frames:
        yield from ((viewer_id, REFRESH) for viewer_id in viewer_ids)

    _broadcast(_with_peers(member), frames)


def signed_out(member_id: int, *, except_session_id: int = 0, session_id: int = 0) -> None:
    """Send tabs of a member whose session has ended to the sign-in page.

    Those are the tabs of `session_id`, or without it of all sessions but `except_session_id`.
    """
    Hub.current().close_sessions(
        member_id, except_session_id=except_session_id, session_id=session_id
    )


def _refresh_thread_with(member: Member, viewer_ids: list[int]) -> Frames:
    for viewer_id in viewer_ids:
        pair = db.session.scalars(Conversation.of_pair(member.id, viewer_id)).one_or_none()
        if pair is not None:
            yield viewer_id, render("relationship", conversation_id=pair.id)
        yield viewer_id, REFRESH


def _with_peers(member: Member) -> Iterator[int]:
    yield member.id
    yield from db.session.scalars(Conversation.peers_of(member))


def _broadcast(member_ids: Iterable[int], frames: Callable[[list[int]], Frames]) -> None:
    """Send frames to the members who are connected, and record that all of them have news.

    Pages that connect later are told to fetch what they have missed.
    """

    def recipients() -> list[int]:
        return Hub.current().record_news(member_ids, snapshot.number_after_write())

    _send(recipients, frames)


def _broadcast_momentary(member_ids: Iterable[int], frames: Callable[[list[int]], Frames]) -> None:
    """Send frames that need not reach pages that connect later, such as who is typing."""
    _send(lambda: sorted(set(member_ids) & Hub.current().connected_members()), frames)


def _send(recipients: Callable[[], list[int]], frames: Callable[[list[int]], Frames]) -> None:
    hub, viewer_ids = Hub.current(), []
    try:
        viewer_ids = recipients()
        if viewer_ids:
            with url_context():
                for viewer_id, frame in frames(viewer_ids):
                    hub.send(viewer_id, frame)
    except Exception:
        current_app.logger.exception("a broadcast failed; its members' pages have to catch up")
        db.session.rollback()
        hub.disconnect(viewer_ids or hub.connected_members())
