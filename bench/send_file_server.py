"""Serve one file with nothing but Flask's `send_file`, to compare downloads with."""

import sys

from flask import Flask, Response, send_file
from gunicorn.app.base import BaseApplication


class SendFileServer(BaseApplication):
    def __init__(self, port: str, file: str) -> None:
        self.port, self.file = port, file
        super().__init__()

    def load_config(self) -> None:
        options = {"bind": [f"127.0.0.1:{self.port}"], "worker_class": "gthread", "threads": 16}
        for name, value in (options | {"loglevel": "warning"}).items():
            self.cfg.set(name, value)
        self.cfg.set("control_socket_disable", True)

    def load(self) -> Flask:
        app = Flask("plain")
        app.add_url_rule("/file", "file", lambda: send_file(self.file, conditional=True))
        app.add_url_rule("/sign-in", "ready", lambda: Response("ready"))
        return app


if __name__ == "__main__":
    SendFileServer(*sys.argv[1:]).run()
