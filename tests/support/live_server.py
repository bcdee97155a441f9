"""Serve the app of a test on a local port, for browsers and WebSockets."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class QuietHandler(WSGIRequestHandler):
    """A request handler of werkzeug that logs nothing."""

    def log(self, *_: Any) -> None:
        return


@dataclass
class LiveServer:
    """A server that can be stopped and started again at the same address."""

    app: Flask
    port: int = 0
    _running: tuple[BaseWSGIServer, threading.Thread] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterator[bytes]:
        """Answer a request as a WSGI app: yield the app's response, then close it.

        Werkzeug would leave the response open if the browser disconnects.
        """
        said = cast(ClosingIterator, self.app(environ, start))
        yield from said
        said.close()

    def start(self) -> None:
        self.app.extensions["linkmsg.hub"].is_closing = False
        made = make_server(
            "127.0.0.1", self.port, self.answer, threaded=True, request_handler=QuietHandler
        )
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self.port, self._running = made.port, (made, thread)

    def stop(self) -> None:
        if self._running is None:
            return
        made, thread = self._running
        self._running = None
        self.app.extensions["linkmsg.hub"].close()
        self.app.extensions["linkmsg.presence"].join(120)
        made.shutdown()
        thread.join()
        made.server_close()
