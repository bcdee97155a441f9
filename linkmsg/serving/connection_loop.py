"""What the worker does with its connections while they wait for their clients."""

import selectors
import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from gunicorn.workers import gthread

from linkmsg.serving.admission import Admission
from linkmsg.serving.connection import ClientConnection, State
from linkmsg.serving.error_response import error_response
from linkmsg.serving.fair_queue import FairQueue
from linkmsg.serving.large_bodies import LargeBodies

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class ConnectionLoop(gthread.ThreadWorker):  # type: ignore[misc]
    """The part of the worker that sends responses, and gives connections up."""

    _waiting: dict[ClientConnection, None]
    _large: LargeBodies
    _admission: Admission
    _queue: FairQueue

    def _receive(self, conn: ClientConnection) -> None:
        """Receive what has arrived of a request."""
        raise NotImplementedError

    def _await_next(self, conn: ClientConnection) -> None:
        """Wait for the next request of a connection whose response was sent."""
        raise NotImplementedError

    def _send(self, conn: ClientConnection) -> None:
        try:
            is_sent = conn.sock.flush()
        except OSError:
            self._drop(conn)
            return
        if not is_sent:
            if conn.state is not State.SENDING:
                conn.enter(State.SENDING)
            self._watch(conn, WRITE)
        elif conn.keep_alive and self.alive:
            self._await_next(conn)
        else:
            self._linger(conn)

    def _linger(self, conn: ClientConnection) -> None:
        """Wait until the client has closed: else it could miss the response (RFC 9112, 9.6)."""
        self._admission.remove(conn)
        conn.enter(State.LINGERING)
        try:
            conn.raw.shutdown(socket.SHUT_WR)
        except OSError:
            self._drop(conn)
        else:
            self._watch(conn, READ)

    def _answer(self, conn: ClientConnection, status: HTTPStatus) -> None:
        """Send an error page and close the connection."""
        self._forget(conn)
        conn.keep_alive = False
        with suppress(OSError):
            conn.sock.sendall(error_response(status))
        conn.finish_request(keep_alive=False)
        self._send(conn)

    def _count(self, conn: ClientConnection) -> None:
        """Count a connection that waits for its client, and drop one that is too many."""
        oldest = self._admission.add(conn)
        if oldest is not None:
            self._drop(oldest)

    def _watch(self, conn: ClientConnection, events: int) -> None:
        step = self._send if events == WRITE else self._receive

        def notify(_: object) -> None:
            if conn.watched:  # else it was dropped after this event
                self._attempt(step, conn)

        conn.watch(self.poller, events, notify)

    def _attempt(self, step: Callable[[ClientConnection], None], conn: ClientConnection) -> None:
        """Take a step of a connection; an unexpected error costs this connection only."""
        try:
            step(conn)
        except Exception:
            self.log.exception("Error in a connection")
            self._drop(conn)

    def _drop(self, conn: ClientConnection) -> None:
        """Close a connection that is in no thread."""
        if conn not in self._waiting:
            return
        del self._waiting[conn]
        self.nr_conns -= 1
        with suppress(KeyError, ValueError, OSError):
            self._watch(conn, 0)
        self._forget(conn)
        conn.close()

    def _forget(self, conn: ClientConnection) -> None:
        """Take a connection out of all queues."""
        self._admission.remove(conn)
        self._large.remove(conn)
        self._queue.remove(conn)

    def _drop_oldest(self) -> None:
        """Close the connection that has waited longest, since no more can be opened."""
        idle = [each for each in self._waiting if each.state in {State.IDLE, State.LINGERING}]
        if oldest := min(idle or self._waiting, key=lambda each: each.since, default=None):
            self._drop(oldest)
