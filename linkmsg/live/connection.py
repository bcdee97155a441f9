"""The WebSocket of a browser tab: the server sends HTML over it, and ignores what it receives."""

import contextlib
import socket
from queue import Empty, SimpleQueue
from typing import Any

# Frames that may wait for a tab that reads slowly. One more, and the tab has to catch up.
MAX_QUEUED = 64
# Close codes: RFC 6455, 7.4; those from 4000 on are our own.
CLOSE_RESTARTING, CLOSE_CATCH_UP, CLOSE_SIGNED_OUT, CLOSE_TOO_MANY = 1012, 1013, 4401, 4429
# After so many seconds without a frame a heartbeat is sent: a page that gets none knows that its
# connection is dead.
HEARTBEAT, HEARTBEAT_INTERVAL = ".", 25.0


class TabConnection:
    """A connected browser tab and the queue of frames (HTML texts) to send to it.

    simple-websocket reads what the browser sends in a thread of its own, and calls `append` and
    `set` of its buffer and event. This object takes the place of both: messages of the browser
    are counted and dropped, and when that thread ends, the connection is closed.
    """

    def __init__(
        self, member_id: int, session_id: int, tab: str = "", *, is_visible: bool = True
    ) -> None:
        self.member_id, self.session_id = member_id, session_id
        self.tab, self.is_visible = tab, is_visible
        self.close_code: int | None = None
        self.ignored = 0
        self.socket: socket.socket | None = None
        self._frames: SimpleQueue[str | None] = SimpleQueue()
        self._has_received = False

    def enqueue(self, frame: str) -> None:
        """Queue a frame to be sent; if MAX_QUEUED are waiting, close the connection instead.

        Its page then reconnects and fetches everything that it has missed.
        """
        if self._frames.qsize() < MAX_QUEUED:
            self._frames.put(frame)
        else:
            self.close(CLOSE_CATCH_UP)

    def close(self, code: int) -> None:
        """Send no more frames, and close with a WebSocket close code; 0 if the browser is gone."""
        if self.close_code is None:
            self.close_code = code
            self._frames.put(None)

    def abort(self) -> None:
        """Shut down the TCP connection, because the browser has not confirmed that it is closed."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def next_frame(self) -> str | None:
        """Wait for the next frame and return it; None if the connection has been closed.

        After HEARTBEAT_INTERVAL seconds without a frame, return HEARTBEAT.
        """
        try:
            frame = self._frames.get(timeout=HEARTBEAT_INTERVAL)
        except Empty:
            frame = HEARTBEAT
        return frame if self.close_code is None else None

    def append(self, _message: Any) -> None:
        """Count a message of the browser and drop it; called by simple-websocket's thread."""
        self.ignored += 1
        self._has_received = True

    def set(self) -> None:
        """Close the connection, unless a message has been received since the last call.

        simple-websocket's reading thread calls it after each message, and when it ends.
        """
        if self._has_received:
            self._has_received = False
        else:
            self.close(0)
