"""The worker: one thread that looks for what is due, every second and when the bell rings."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from flask import Flask

from linkmsg import wakeup
from linkmsg.background import sweeps
from linkmsg.db import db
from linkmsg.search.feed.indexer import Feeder

POLL_INTERVAL = 1.0
# So often the index is told what changed, however much there is.
FEED_INTERVAL = 0.5


@dataclass
class PeriodicTask:
    """Something to do every so many seconds, for the first time after as many."""

    run: Callable[[], None]
    interval: float
    due_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.due_at = time.monotonic() + self.interval


class Worker:
    """Does what is due until it is told to stop. What fails is logged, and tried again later."""

    def __init__(self, app: Flask) -> None:
        self.app, self._stopped = app, Event()
        self.feeder = Feeder(app.extensions["linkmsg.search"])
        self.tasks = [
            PeriodicTask(sweeps.sweep_files, sweeps.FILES_INTERVAL),
            PeriodicTask(self.feeder.feed, FEED_INTERVAL),
        ]
        self._thread = Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 5) -> None:
        """End after what is being done, waited for at most so many seconds."""
        self._stopped.set()
        wakeup.notify()
        self._thread.join(timeout)
        self.feeder.close()

    def run_due_tasks(self) -> None:
        """Do what is due now."""
        for task in self.tasks:
            if time.monotonic() >= task.due_at and not self._stopped.is_set():
                task.due_at = time.monotonic() + task.interval
                self._run_task(task)

    def _run_task(self, task: PeriodicTask) -> None:
        with self.app.app_context():
            try:
                task.run()
            except Exception:
                db.session.rollback()
                self.app.logger.exception("the worker could not do %s", task.run.__name__)

    def _loop(self) -> None:
        while not self._stopped.is_set():
            self.run_due_tasks()
            wakeup.wait(POLL_INTERVAL)
