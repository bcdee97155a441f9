"""One open socket: a tab of a member, to which frames go down and from which nothing is heard."""

import contextlib
import socket
from queue import Empty, SimpleQueue
from typing import Any

# Frames that may wait for a tab that reads slowly. It then catches up by asking.
MOST = 64
# Close codes: RFC 6455, 7.4; those from 4000 on are ours.
RESTARTING, CATCH_UP, SIGNED_OUT = 1012, 1013, 4401
# What is sent when nothing else was for so long, in seconds: a page that hears nothing knows why.
BEAT, BEAT_EVERY = ".", 25.0


class TabConnection:
    """What waits to be sent to one tab.

    It stands in for the event and the buffer of simple-websocket's reading thread: what a
    browser says is counted and dropped, and when that thread ends, so does the line.
    """

    def __init__(
        self, member_id: int, session_id: int, tab: str = "", *, looking: bool = True
    ) -> None:
        self.member_id, self.session_id = member_id, session_id
        self.tab, self.looking = tab, looking
        self.code: int | None = None
        self.ignored = 0
        self.socket: socket.socket | None = None
        self._frames: SimpleQueue[str | None] = SimpleQueue()
        self._heard = False

    def push(self, frame: str) -> None:
        """Let a frame wait to be sent; a line that is full ends, and its page catches up."""
        if self._frames.qsize() < MOST:
            self._frames.put(frame)
        else:
            self.end(CATCH_UP)

    def end(self, code: int) -> None:
        """Send nothing more, and close with this code; 0 when nobody is there to be told."""
        if self.code is None:
            self.code = code
            self._frames.put(None)

    def cut(self) -> None:
        """Break the connection under a line that did not end: somebody reads too slowly."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def next(self) -> str | None:
        """The next frame, waited for, or a beat after silence; None once the line has ended."""
        try:
            frame = self._frames.get(timeout=BEAT_EVERY)
        except Empty:
            frame = BEAT
        return frame if self.code is None else None

    def append(self, _said: Any) -> None:
        """Count what the browser said, and forget it."""
        self.ignored += 1
        self._heard = True

    def set(self) -> None:
        """The reading thread woke us: it has heard something, or it is about to end."""
        if self._heard:
            self._heard = False
        else:
            self.end(0)
