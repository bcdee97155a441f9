"""The hub: the browser tabs that are connected to this process, by member."""

from collections.abc import Collection, Iterable
from threading import Event, RLock, Timer
from typing import cast

from flask import current_app

from linkmsg.live.connection import (
    CLOSE_CATCH_UP,
    CLOSE_RESTARTING,
    CLOSE_SIGNED_OUT,
    CLOSE_TOO_MANY,
    TabConnection,
)

# Frames without HTML. The page fetches what it has missed, or what may look different now.
CATCH_UP, REFRESH = "catch-up", "refresh"
# Seconds that browsers have to answer to a close when the process ends.
CLOSE_TIMEOUT = 0.6


class Hub:
    """All connected tabs of this process, to which it sends frames (HTML texts).

    Frames may get lost: a page that connects again fetches from the database what it missed.
    """

    def __init__(self, capacity: int, member_capacity: int = 20) -> None:
        self.capacity, self.member_capacity, self.size = capacity, member_capacity, 0
        self.is_closing = False
        # Set when a tab has connected, gone, or become visible or hidden, and on closing.
        self.changed = Event()
        self.present: frozenset[int] = frozenset()
        # Those of a member in the order in which they connected.
        self._connections: dict[int, dict[TabConnection, None]] = {}
        # By member, the number of a snapshot that contains the latest news for them.
        self._news: dict[int, int] = {}
        self._lock = RLock()

    @classmethod
    def current(cls) -> "Hub":
        """Return the Hub of Flask's current app."""
        return cast(Hub, current_app.extensions["linkmsg.hub"])

    @property
    def has_room(self) -> bool:
        """Return whether another tab can connect; False at `capacity` and during shutdown."""
        return not self.is_closing and self.size < self.capacity

    def has_room_for(self, member_id: int) -> bool:
        """Return whether a member can connect another tab without displacing one of theirs."""
        return self.has_room and len(self._open(member_id)) < self.member_capacity

    def add(self, connection: TabConnection, snapshot: int | None) -> bool:
        """Add a connected tab; return False if there is no room for it.

        If the member has `member_capacity` tabs already, it displaces the one that has been
        connected for the longest time, of the hidden ones if there are any.

        `snapshot` is the number of the database state that its page shows. If the member has
        got news since, or if it is None, the tab's first frame is CATCH_UP: the page then
        fetches what it has missed.
        """
        with self._lock:
            if not self.has_room:
                return False
            if snapshot is None or self._news.get(connection.member_id, 0) > snapshot:
                connection.enqueue(CATCH_UP)
            displaced = self._displaced_by(connection)
            self._connections.setdefault(connection.member_id, {})[connection] = None
            self.size += 1
        for each in displaced:
            each.close(CLOSE_TOO_MANY)
        self.changed.set()
        return True

    def remove(self, connection: TabConnection) -> None:
        """Remove a tab that has disconnected."""
        with self._lock:
            connections = self._connections[connection.member_id]
            del connections[connection]
            self.size -= 1
            if not connections:
                del self._connections[connection.member_id]
        self.changed.set()

    def record_news(self, member_ids: Iterable[int], snapshot: int) -> list[int]:
        """Record that members have news, and return the ids of those who have a tab connected.

        `snapshot` is the number of a database state that contains the news: pages that show an
        older state have to catch up when they connect (see `add`).
        """
        news = dict.fromkeys(member_ids, snapshot)
        with self._lock:
            self._news.update(news)
            return [each for each in news if each in self._connections]

    def send(self, member_id: int, frame: str) -> None:
        """Queue a frame for every connected tab of a member."""
        for connection in self._of(member_id):
            connection.enqueue(frame)

    def disconnect(self, member_ids: Iterable[int]) -> None:
        """Close all connections of members; their pages reconnect and fetch what they missed."""
        for member_id in member_ids:
            for connection in self._of(member_id):
                connection.close(CLOSE_CATCH_UP)

    def close_sessions(
        self, member_id: int, *, except_session_id: int = 0, session_id: int = 0
    ) -> None:
        """Close connections of a member's tabs, which then show the sign-in page.

        Those are the tabs of `session_id`, or without it of all sessions but `except_session_id`.
        """
        for connection in self._of(member_id):
            is_meant = session_id in {0, connection.session_id}
            if is_meant and connection.session_id != except_session_id:
                connection.close(CLOSE_SIGNED_OUT)

    def close_ended_sessions(self, checked: Collection[int], alive: Collection[int]) -> None:
        """Close connections of sessions that have ended: ids in `checked` but not in `alive`.

        Sessions that connected after the check are in neither, and stay.
        """
        for connection in self.connections():
            if connection.session_id in checked and connection.session_id not in alive:
                connection.close(CLOSE_SIGNED_OUT)

    def close(self) -> None:
        """Close all connections because the process ends, and let no tab connect any more.

        Abort those that browsers have not confirmed after CLOSE_TIMEOUT seconds.
        """
        self.is_closing = True
        self.changed.set()
        connections = self.connections()
        for connection in connections:
            connection.close(CLOSE_RESTARTING)
        timer = Timer(CLOSE_TIMEOUT, _abort, [connections])
        timer.daemon = True
        timer.start()

    def connections(self) -> list[TabConnection]:
        """Return all connected tabs of all members."""
        with self._lock:
            return [each for tabs in self._connections.values() for each in tabs]

    def session_ids(self) -> set[int]:
        """Return the ids of the sign-in sessions that have a tab connected."""
        return {connection.session_id for connection in self.connections()}

    def visible_members(self) -> set[int]:
        """Return the ids of the members who have a tab in the foreground of its window."""
        return {each.member_id for each in self.connections() if each.is_visible}

    def connected_members(self) -> set[int]:
        """Return the ids of the members who have a tab connected, visible or not."""
        with self._lock:
            return set(self._connections)

    def set_visible(self, member_id: int, tab: str, *, is_visible: bool) -> None:
        """Record whether a tab is in the foreground; `tab` is the name that its page has chosen."""
        for connection in self._of(member_id):
            if connection.tab == tab:
                connection.is_visible = is_visible
        self.changed.set()

    def _of(self, member_id: int) -> list[TabConnection]:
        with self._lock:
            return list(self._connections.get(member_id, ()))

    def _open(self, member_id: int) -> list[TabConnection]:
        return [each for each in self._of(member_id) if each.close_code is None]

    def _displaced_by(self, connection: TabConnection) -> list[TabConnection]:
        tabs = self._open(connection.member_id)
        tabs.sort(key=lambda each: each.is_visible)  # stable: else the oldest comes first
        return tabs[: max(0, len(tabs) + 1 - self.member_capacity)]


def _abort(connections: list[TabConnection]) -> None:
    for connection in connections:
        connection.abort()
