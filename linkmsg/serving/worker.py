"""The gunicorn worker: one loop waits for all clients, and threads run complete requests.

gunicorn's own gthread worker reads requests and writes responses in its threads, so slow clients
occupy them. Its other workers give flask-sock no socket (asgi), mix up frames to slow readers
(gevent), or serve one request at a time (sync). Waitress receives requests like this worker, but
gives no socket either, and receives whole uploads before the app can refuse them.
"""

import errno
import threading
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import ParseException

from linkmsg import clock
from linkmsg.serving.admission import Admission
from linkmsg.serving.connection import ClientConnection, State
from linkmsg.serving.connection_loop import READ, ConnectionLoop
from linkmsg.serving.connection_pace import ConnectionPace
from linkmsg.serving.error_response import error_response, status_of
from linkmsg.serving.fair_queue import FairQueue
from linkmsg.serving.large_bodies import LargeBodies

RECEIVE = 64 * 1024
CHECK_SECONDS = 0.5
TOO_LATE = {
    State.HEAD: HTTPStatus.REQUEST_TIMEOUT,
    State.BODY: HTTPStatus.REQUEST_TIMEOUT,
    State.QUEUED: HTTPStatus.SERVICE_UNAVAILABLE,
}
GONE = {errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF, errno.ETIMEDOUT}


class BufferingWorker(ConnectionLoop):
    """A gthread worker whose threads wait for no client, except those that receive files."""

    def init_process(self) -> None:
        """Create what the loop needs; gunicorn calls this in the worker process."""
        self._waiting: dict[ClientConnection, None] = {}
        self._large, self._pace = LargeBodies(), ConnectionPace()
        self._next_check = 0.0
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the app, and what tells its clients apart."""
        super().load_wsgi()
        flask_app = self.app.app
        settings = flask_app.extensions["linkmsg"]
        self._folder, self._reserve = settings.data_dir, settings.disk_reserve * 1_000_000
        self._admission, self._queue = Admission(flask_app, settings), FairQueue(settings.threads)

    def accept(self, listener: Any) -> None:
        """Accept a connection and receive what has already arrived."""
        if self.nr_conns >= self.worker_connections - 1:
            self._drop_oldest()
        try:
            client, address = listener.accept()
            connection = ClientConnection(client, address, self.cfg, self._folder, self._reserve)
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._drop_oldest()
            return
        self.nr_conns += 1
        self._waiting[connection] = None
        self._admit(connection)

    def _admit(self, conn: ClientConnection) -> None:
        """Read from a new connection, now or when its address may open the next one."""
        network = self._admission.network(conn)
        if not network or self._pace.is_open(network, clock.seconds()):
            self._attempt(self._receive, conn)
        elif not self._pace.hold(network, conn):
            self._drop(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for clients and threads; gunicorn calls this in its loop."""
        now = clock.seconds()
        wait = min(timeout, self._pace.next_due(now), max(0.0, self._queue.next_due - now))
        super().wait_for_and_dispatch_events(wait)
        for each in self._pace.take_due(clock.seconds()):
            if each in self._waiting:  # else it was dropped
                self._attempt(self._receive, each)
        if self._queue.next_due <= clock.seconds():
            self._start_next()

    def murder_pending(self) -> None:
        """Close connections whose client is too slow; gunicorn calls this in its loop."""
        now = clock.seconds()
        if now < self._next_check:
            return
        self._next_check = now + CHECK_SECONDS
        for each in [each for each in self._waiting if each.is_late(now)]:
            self._attempt(self._give_up, each)

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

        wait = max(0.0, deadline - clock.seconds())
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
        self._attempt(partial(self._finish, is_ok=not fs.cancelled() and fs.result()), conn)
        self._start_large()
        self._start_next()

    def _finish(self, conn: ClientConnection, *, is_ok: bool) -> None:
        self._large.remove(conn)
        self._queue.remove(conn)
        with suppress(OSError):
            conn.raw.setblocking(False)  # a WebSocket's was not
        if conn.sock.has_pending:
            self._count(conn)
        conn.finish_request(keep_alive=is_ok)
        if conn in self._waiting:
            self._send(conn)

    def _give_up(self, conn: ClientConnection) -> None:
        if conn.state in TOO_LATE:
            self._answer(conn, TOO_LATE[conn.state])
        else:
            self._drop(conn)

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
            self._enqueue(conn)
        elif conn.is_large:
            self._enqueue_large(conn)
        else:
            self._watch(conn, READ)
            if conn.state is not was:
                self._count(conn)

    def _enqueue(self, conn: ClientConnection) -> None:
        """Let a request wait for its turn."""
        self._admission.remove(conn)
        self._admission.identify(conn)
        self._watch(conn, 0)
        conn.enter(State.QUEUED)
        if self._queue.add(conn):
            self._start_next()
        else:
            self._answer(conn, HTTPStatus.SERVICE_UNAVAILABLE)

    def _start_next(self) -> None:
        """Give threads to requests whose turn it is."""
        for each in self._queue.take_next():
            del self._waiting[each]
            each.start_reading(partial(self._end_turn, each))
            self.enqueue_req(each)

    def _end_turn(self, conn: ClientConnection) -> None:
        """Let the next request run; called in the thread of a request."""
        if self._queue.remove(conn):
            self.method_queue.defer(self._start_next)

    def _enqueue_large(self, conn: ClientConnection) -> None:
        self._watch(conn, 0)
        conn.enter(State.QUEUED)
        self._count(conn)
        self._large.add(conn)
        self._start_large()

    def _start_large(self) -> None:
        """Let large bodies that may have a thread wait for their turn."""
        for each in self._large.take_next():
            self._enqueue(each)

    def _await_next(self, conn: ClientConnection) -> None:
        self._admission.remove(conn)
        conn.enter(State.IDLE)
        self._watch(conn, READ)
        self._feed(conn, b"")
