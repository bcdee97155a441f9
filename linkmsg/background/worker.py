"""The worker: one thread that looks for what is due, every second and when the bell rings."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from flask import Flask

from linkmsg import wakeup
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.search.feed.indexer import Indexer

EVERY = 1.0
# So often the index is told what changed, however much there is.
FEED_EVERY = 0.5


@dataclass
class Duty:
    """Something to do every so many seconds, for the first time after as many."""

    act: Callable[[], None]
    every: float
    due: float = field(init=False)

    def __post_init__(self) -> None:
        self.due = time.monotonic() + self.every


class Worker:
    """Does what is due until it is told to stop. What fails is logged, and tried again later."""

    def __init__(self, app: Flask) -> None:
        self.app, self._stopped = app, Event()
        self.indexer = Indexer(app.extensions["linkmsg.search"])
        self.duties = [
            Duty(sweeps.files, sweeps.FILES_EVERY),
            Duty(self.indexer.run, FEED_EVERY),
        ]
        self._thread = Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 5) -> None:
        """End after what is being done, waited for at most so many seconds."""
        self._stopped.set()
        wakeup.ring()
        self._thread.join(timeout)
        self.indexer.close()

    def work(self) -> None:
        """Do what is due now."""
        for duty in self.duties:
            if time.monotonic() >= duty.due and not self._stopped.is_set():
                duty.due = time.monotonic() + duty.every
                self._do(duty)

    def _do(self, duty: Duty) -> None:
        with self.app.app_context():
            try:
                duty.act()
            except Exception:
                db.session.rollback()
                self.app.logger.exception("the worker could not do %s", duty.act.__name__)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.work()
            wakeup.wait(EVERY)
            # Wake-ups come many times faster than anything is due again.
            self._stopped.wait(max(0.0, min(each.due for each in self.duties) - time.monotonic()))
