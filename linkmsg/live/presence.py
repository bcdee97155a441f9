"""A thread that finds out every two seconds which sessions have ended, and who is online."""

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

CHECK_INTERVAL = 2.0
# Opening the next page closes one connection and opens another within this time, in seconds.
DEBOUNCE = 0.25


class PresenceMonitor:
    """A thread that disconnects ended sessions and announces who comes online or leaves.

    It runs while a tab is connected or somebody still counts as online.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._absent_since: dict[int, float] = {}
        self._sessions_checked_at = 0.0
        self._thread: Thread | None = None
        self._lock = Lock()

    def start(self) -> None:
        """Start the thread, or do nothing if it is running."""
        with self._lock:
            if self._thread is None:
                app = cast(Any, current_app)._get_current_object()
                self._thread = Thread(
                    target=self._run, args=(app,), name="presence monitor", daemon=True
                )
                self._thread.start()

    def join(self, timeout: float) -> None:
        """Wait until the thread has ended, at most `timeout` seconds."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def _run(self, app: Flask) -> None:
        while self._should_continue():
            self.hub.changed.wait(CHECK_INTERVAL)
            self.hub.changed.clear()
            with app.app_context():
                try:
                    self.check()
                except SQLAlchemyError:
                    app.logger.exception("sessions and presence could not be checked")
            time.sleep(DEBOUNCE)

    def _should_continue(self) -> bool:
        with self._lock:
            if self.hub.is_closing or not (self.hub.size or self.hub.present):
                self._thread = None
                return False
            return True

    def check(self) -> None:
        """Disconnect tabs of ended sessions, and send to other tabs who came online or left."""
        if clock.seconds() - self._sessions_checked_at >= CHECK_INTERVAL:
            self._sessions_checked_at = clock.seconds()
            self._close_ended_sessions()
        self._announce_presence(clock.seconds())

    def _close_ended_sessions(self) -> None:
        connected = self.hub.session_ids()
        if connected:
            alive = db.session.scalars(MemberSession.alive(connected, clock.now()))
            self.hub.close_ended_sessions(connected, set(alive))

    def _announce_presence(self, now: float) -> None:
        visible, before = self.hub.visible_members(), self.hub.present
        for member_id in before - visible:
            self._absent_since.setdefault(member_id, now)
        for member_id in visible & set(self._absent_since):
            del self._absent_since[member_id]
        gone = {
            each
            for each, since in self._absent_since.items()
            if now - since >= settings.presence_grace
        }
        came = set(visible - before)
        if came or gone:
            for member_id in gone:
                del self._absent_since[member_id]
            self.hub.present = (before | came) - gone
            broadcasts.presence(came, gone)
