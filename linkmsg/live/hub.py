"""The hub: which tabs of which members are connected to this process."""

from collections.abc import Collection, Iterable
from threading import Event, Lock, Timer
from typing import cast

from flask import current_app

from linkmsg.db import BOOT, next_look
from linkmsg.live.connection import CATCH_UP, RESTARTING, SIGNED_OUT, TabConnection

# What is told to a page that has missed something, and to one whose rows and thread look otherwise.
MISSED, LOOK = "catch-up", "look-anew"
LAST_WORDS = 0.6


class Hub:
    """The open lines of one process. It holds no message: what is not delivered is asked for."""

    def __init__(self, room: int) -> None:
        self.room, self.size = room, 0
        self.closing = False
        self.stirred = Event()
        self.present: frozenset[int] = frozenset()
        self._lines: dict[int, set[TabConnection]] = {}
        self._told: dict[int, int] = {}
        self._lock = Lock()

    @classmethod
    def here(cls) -> "Hub":
        """The hub of the app that runs."""
        return cast(Hub, current_app.extensions["linkmsg.hub"])

    @property
    def has_room(self) -> bool:
        """Whether another tab may connect."""
        return not self.closing and self.size < self.room

    def join(self, line: TabConnection, as_of: str) -> bool:
        """Connect a tab whose page was read `as_of` a look; False if there is no room for it.

        A page that has missed something meanwhile is told so first.
        """
        with self._lock:
            if not self.has_room:
                return False
            if self._has_missed(line.member_id, as_of):
                line.push(MISSED)
            self._lines.setdefault(line.member_id, set()).add(line)
            self.size += 1
        self.stirred.set()
        return True

    def leave(self, line: TabConnection) -> None:
        """Forget a tab."""
        with self._lock:
            lines = self._lines[line.member_id]
            lines.discard(line)
            self.size -= 1
            if not lines:
                del self._lines[line.member_id]
        self.stirred.set()

    def note(self, member_ids: Iterable[int]) -> list[int]:
        """Note that there is news for these members, and say who of them is connected."""
        members = list(member_ids)
        look = next_look()
        with self._lock:
            news = dict.fromkeys(members, look)
            self._told.update(news)
            return [each for each in news if each in self._lines]

    def push(self, member_id: int, frame: str) -> None:
        """Send a frame to every tab of a member."""
        for line in self._of(member_id):
            line.push(frame)

    def drop(self, member_ids: Iterable[int]) -> None:
        """Close the lines of these members: their pages come back and ask for what is new."""
        for member_id in member_ids:
            for line in self._of(member_id):
                line.end(CATCH_UP)

    def end_sessions(
        self, member_id: int, *, except_session_id: int = 0, session_id: int = 0
    ) -> None:
        """Close the lines of a member's sessions: of all but one, or of one only."""
        for line in self._of(member_id):
            if line.session_id != except_session_id and session_id in {0, line.session_id}:
                line.end(SIGNED_OUT)

    def keep(self, asked: Collection[int], alive: Collection[int]) -> None:
        """Close the lines of those sessions that were asked about and are not alive."""
        for line in self.lines():
            if line.session_id in asked and line.session_id not in alive:
                line.end(SIGNED_OUT)

    def close(self) -> None:
        """Close all lines, for this process ends; who does not hear it is cut off."""
        self.closing = True
        self.stirred.set()
        lines = self.lines()
        for line in lines:
            line.end(RESTARTING)
        cutting = Timer(LAST_WORDS, _cut, [lines])
        cutting.daemon = True
        cutting.start()

    def lines(self) -> list[TabConnection]:
        """All open lines."""
        with self._lock:
            return [line for lines in self._lines.values() for line in lines]

    def sessions(self) -> set[int]:
        """The sessions whose tabs are connected."""
        return {line.session_id for line in self.lines()}

    def looking(self) -> set[int]:
        """The members who look at one of their tabs."""
        return {line.member_id for line in self.lines() if line.looking}

    def connected(self) -> set[int]:
        """The members who have a tab open."""
        with self._lock:
            return set(self._lines)

    def look(self, member_id: int, tab: str, *, looking: bool) -> None:
        """Note whether a member looks at one of her tabs."""
        for line in self._of(member_id):
            if line.tab == tab:
                line.looking = looking
        self.stirred.set()

    def _of(self, member_id: int) -> list[TabConnection]:
        with self._lock:
            return list(self._lines.get(member_id, ()))

    def _has_missed(self, member_id: int, as_of: str) -> bool:
        boot, _, look = as_of.partition(".")
        if boot != BOOT or not (look.isascii() and look.isdecimal() and len(look) < 19):
            return True
        return self._told.get(member_id, 0) > int(look)


def _cut(lines: list[TabConnection]) -> None:
    for line in lines:
        line.cut()
