"""The gunicorn worker: one loop waits for all clients, and threads run complete requests.

gunicorn's own gthread worker reads requests and writes responses in its threads, so slow clients
occupy them. Its other workers give flask-sock no socket (asgi), mix up frames to slow readers
(gevent), or serve one request at a time (sync). Waitress receives requests like this worker, but
gives no socket either, and receives whole uploads before the app can refuse them.
"""

import errno
import selectors
import socket
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import ParseException
from gunicorn.workers import gthread

from linkmsg.serving.admission import Admission
from linkmsg.serving.connection import ClientConnection, State
from linkmsg.serving.error_response import error_response, status_of
from linkmsg.serving.large_bodies import LargeBodies

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
RECEIVE = 64 * 1024
CHECK_SECONDS = 0.5
TOO_LATE = {
    State.HEAD: HTTPStatus.REQUEST_TIMEOUT,
    State.BODY: HTTPStatus.REQUEST_TIMEOUT,
    State.QUEUED: HTTPStatus.SERVICE_UNAVAILABLE,
}
GONE = {errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF, errno.ETIMEDOUT}


class BufferingWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """A gthread worker whose threads wait for no client, except those that receive files."""

    def init_process(self) -> None:
        """Create what the loop needs; gunicorn calls this in the worker process."""
        self._waiting: dict[ClientConnection, None] = {}
        self._large = LargeBodies()
        self._next_check = 0.0
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the app, and what tells its clients apart."""
        super().load_wsgi()
        flask_app = self.app.app
        self._folder = flask_app.extensions["linkmsg"].data_dir
        self._admission = Admission(flask_app, flask_app.extensions["linkmsg"])

    def accept(self, listener: Any) -> None:
        """Accept a connection and receive what has already arrived."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE} and self._waiting:
                self._drop(min(self._waiting, key=lambda each: each.since))
            return
        self.nr_conns += 1
        connection = ClientConnection(client, address, self.cfg, self._folder)
        self._waiting[connection] = None
        self._receive(connection)

    def murder_pending(self) -> None:
        """Close connections whose client is too slow; gunicorn calls this in its loop."""
        now = time.monotonic()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        for each in [each for each in self._waiting if each.is_late(now)]:
            if each.state in TOO_LATE:
                self._answer(each, TOO_LATE[each.state])
            else:
                self._drop(each)

    def murder_keepalived(self, force: bool = False) -> None:
        """Close all waiting connections if `force`; gunicorn calls this when the worker stops."""
        if force:
            for each in list(self._waiting):
                self._drop(each)

    def _cap_keepalive(self, deadline: float) -> None:
        """Close idle connections a moment after the worker was asked to stop."""

        def close_idle() -> None:
            for each in list(self._waiting):
                if each.state in {State.IDLE, State.HEAD}:
                    self._drop(each)

        wait = max(0.0, deadline - time.monotonic())
        threading.Timer(wait, self.method_queue.defer, [close_idle]).start()

    def handle(self, conn: ClientConnection) -> bool:
        """Run a request in a thread; return whether the connection may be used again."""
        try:
            return bool(self.handle_request(conn.request, conn))
        except StopIteration:  # a WebSocket has ended
            return False
        except OSError as error:
            if error.errno not in GONE:
                self.log.exception("Socket error")
        except Exception as error:  # noqa: BLE001  (the next request must run)
            self.handle_error(conn.request, conn.sock, conn.client, error)
        return False

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """Send an error page for a request that is not HTTP, or that the app failed to answer."""
        status = status_of(exc)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("Error in a request to %s", getattr(req, "path", "?"), exc_info=exc)
        client.sendall(error_response(status))

    def finish_request(self, conn: ClientConnection, fs: "Future[bool]") -> None:
        """Send the rest of a response; gunicorn calls this in the loop when a thread is done."""
        self._waiting[conn] = None
        self._large.remove(conn)
        self._start_large()
        if conn.sock.has_pending:
            self._count(conn)
        conn.finish_request(
            keep_alive=not fs.cancelled() and fs.exception() is None and fs.result()
        )
        if conn in self._waiting:
            self._send(conn)

    def _receive(self, conn: ClientConnection) -> None:
        try:
            data = conn.raw.recv(RECEIVE)
        except (BlockingIOError, InterruptedError):
            self._watch(conn, READ)
            return
        except OSError:
            self._drop(conn)
            return
        if not data:
            self._drop(conn)
        elif conn.state is not State.LINGERING:
            self._feed(conn, data)

    def _feed(self, conn: ClientConnection, data: bytes) -> None:
        was = conn.state
        try:
            conn.feed(data)
        except (ParseException, OSError) as error:
            self._answer(conn, status_of(error))
            return
        if conn.is_complete:
            self._run(conn)
        elif conn.is_large:
            self._enqueue_large(conn)
        else:
            self._watch(conn, READ)
            if conn.state is not was:
                self._count(conn)

    def _run(self, conn: ClientConnection) -> None:
        self._admission.remove(conn)
        self._watch(conn, 0)
        del self._waiting[conn]
        conn.start_reading()
        self.enqueue_req(conn)

    def _enqueue_large(self, conn: ClientConnection) -> None:
        self._watch(conn, 0)
        conn.enter(State.QUEUED)
        self._count(conn)
        self._large.add(conn)
        self._start_large()

    def _start_large(self) -> None:
        """Give threads to large bodies that wait for one."""
        for each in self._large.take_next():
            self._run(each)

    def _count(self, conn: ClientConnection) -> None:
        """Count a connection that waits for its client, and drop one that is too many."""
        oldest = self._admission.add(conn)
        if oldest is not None:
            self._drop(oldest)

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

    def _await_next(self, conn: ClientConnection) -> None:
        self._admission.remove(conn)
        conn.enter(State.IDLE)
        self._watch(conn, READ)
        self._feed(conn, b"")

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
        conn.keep_alive = False
        with suppress(OSError):
            conn.sock.sendall(error_response(status))
        conn.finish_request(keep_alive=False)
        self._send(conn)

    def _watch(self, conn: ClientConnection, events: int) -> None:
        if events == conn.watched:
            return
        if not events:
            self.poller.unregister(conn.raw)
        elif conn.watched:
            self.poller.modify(conn.raw, events, partial(self._on_event, conn))
        else:
            self.poller.register(conn.raw, events, partial(self._on_event, conn))
        conn.watched = events

    def _on_event(self, conn: ClientConnection, _socket: Any) -> None:
        if conn.watched:
            (self._send if conn.watched == WRITE else self._receive)(conn)

    def _drop(self, conn: ClientConnection) -> None:
        """Close a connection that is in no thread."""
        if conn not in self._waiting:
            return
        del self._waiting[conn]
        self._watch(conn, 0)
        self._admission.remove(conn)
        self._large.remove(conn)
        self.nr_conns -= 1
        conn.close()
