"""The watch: every two seconds, whose session has ended, and who has come or gone."""

import time
from threading import Lock, Thread
from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from linkmsg import clock
from linkmsg.config import settings
from linkmsg.db import db
from linkmsg.live import broadcasts
from linkmsg.live.hub import Hub
from linkmsg.models import MemberSession

EVERY = 2.0
# Whoever opens the next page leaves and comes within this time, in seconds.
TOGETHER = 0.25


class PresenceMonitor:
    """A thread that lives while somebody is connected."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._left: dict[int, float] = {}
        self._checked = 0.0
        self._thread: Thread | None = None
        self._lock = Lock()

    def start(self) -> None:
        """Begin to watch, unless it does."""
        with self._lock:
            if self._thread is None:
                app = cast(Any, current_app)._get_current_object()
                self._thread = Thread(target=self._run, args=(app,), name="watch", daemon=True)
                self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait until it has ended, in seconds."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self, app: Flask) -> None:
        while self._goes_on():
            self.hub.stirred.wait(EVERY)
            self.hub.stirred.clear()
            with app.app_context():
                try:
                    self.look()
                except SQLAlchemyError:
                    app.logger.exception("sessions and presence could not be looked at")
            time.sleep(TOGETHER)

    def _goes_on(self) -> bool:
        with self._lock:
            if self.hub.closing or not (self.hub.size or self.hub.present):
                self._thread = None
                return False
            return True

    def look(self) -> None:
        """End the lines of ended sessions, and tell who has come or gone."""
        if time.monotonic() - self._checked >= EVERY:
            self._checked = time.monotonic()
            self._end_what_ended()
        self._tell_presence(time.monotonic())

    def _end_what_ended(self) -> None:
        open_ = self.hub.sessions()
        if open_:
            alive = db.session.scalars(MemberSession.alive(open_, clock.now()))
            self.hub.keep(open_, set(alive))

    def _tell_presence(self, now: float) -> None:
        looking, before = self.hub.looking(), self.hub.present
        for member_id in before - looking:
            self._left.setdefault(member_id, now)
        for member_id in looking & set(self._left):
            del self._left[member_id]
        gone = {
            each for each, since in self._left.items() if now - since >= settings.presence_grace
        }
        came = set(looking - before)
        if came or gone:
            self._left = {each: since for each, since in self._left.items() if each not in gone}
            self.hub.present = (before | came) - gone
            broadcasts.presence(came, gone)
