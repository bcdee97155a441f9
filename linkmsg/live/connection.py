"""An open WebSocket of one browser tab. The server sends frames and reads none."""

import contextlib
import socket
from queue import Empty, SimpleQueue
from typing import Any

# Frames that may wait for a tab that reads slowly. One more, and the tab has to catch up.
MAX_QUEUED = 64
# Close codes: RFC 6455, 7.4; those from 4000 on are our own.
CLOSE_RESTARTING, CLOSE_CATCH_UP, CLOSE_SIGNED_OUT = 1012, 1013, 4401
# After so many seconds without a frame a heartbeat is sent: a page that gets none knows that its
# connection is dead.
HEARTBEAT, HEARTBEAT_INTERVAL = ".", 25.0


class TabConnection:
    """A connected browser tab and its queue of frames.

    It replaces the event and the buffer that simple-websocket's reading thread uses (`set` and
    `append`): what a browser sends is counted and dropped, and when that thread ends, so does
    the connection.
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
        """Queue a frame; if the queue is full, close the connection so that the page catches up."""
        if self._frames.qsize() < MAX_QUEUED:
            self._frames.put(frame)
        else:
            self.close(CLOSE_CATCH_UP)

    def close(self, code: int) -> None:
        """Send no more frames, and close with this code; 0 if the browser is already gone."""
        if self.close_code is None:
            self.close_code = code
            self._frames.put(None)

    def abort(self) -> None:
        """Shut down the socket of a browser that has not answered to the close."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def next_frame(self) -> str | None:
        """Wait for the next frame and return it, a heartbeat after silence, or None when closed."""
        try:
            frame = self._frames.get(timeout=HEARTBEAT_INTERVAL)
        except Empty:
            frame = HEARTBEAT
        return frame if self.close_code is None else None

    def append(self, _message: Any) -> None:
        """Count a message of the browser, and drop it."""
        self.ignored += 1
        self._has_received = True

    def set(self) -> None:
        """Notice that the reading thread has received a message, or else that it ends."""
        if self._has_received:
            self._has_received = False
        else:
            self.close(0)
