"""The worker: a thread that runs tasks at intervals, such as updating the search index."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread

from flask import Flask

from linkmsg import wakeup
from linkmsg.background import sweeps
from linkmsg.background.old_files import INTERVAL, OldFilesSweep
from linkmsg.db import db
from linkmsg.search.feed.indexer import Indexer

POLL_INTERVAL = 1.0
# Seconds between two updates of the search index.
FEED_INTERVAL = 0.5


@dataclass
class PeriodicTask:
    """A function to call every `interval` seconds, first `interval` seconds after creation."""

    run: Callable[[], None]
    interval: float
    due_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.due_at = time.monotonic() + self.interval


class Worker:
    """A thread that runs each task when it is due, until `stop`.

    The error of a task is logged, and the task runs again after its interval.
    """

    def __init__(self, app: Flask) -> None:
        self.app, self._stopped = app, Event()
        self.indexer = Indexer(app.extensions["linkmsg.search"])
        self.tasks = [
            PeriodicTask(OldFilesSweep().run, INTERVAL),
            PeriodicTask(sweeps.sweep_files, sweeps.FILES_INTERVAL),
            PeriodicTask(self.indexer.run, FEED_INTERVAL),
        ]
        self._thread = Thread(target=self._loop, name="worker", daemon=True)

    def start(self) -> None:
        """Start the thread that runs the tasks."""
        self._thread.start()

    def stop(self, timeout: float = 5) -> None:
        """Stop the thread after its current task, and wait at most `timeout` seconds for that."""
        self._stopped.set()
        wakeup.notify()
        self._thread.join(timeout)
        self.indexer.close()

    def run_due_tasks(self) -> None:
        """Run each task whose interval has passed since its last run began."""
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
                self.app.logger.exception("Background task %s failed", task.run.__name__)

    def _loop(self) -> None:
        while not self._stopped.is_set():
            self.run_due_tasks()
            wakeup.wait(POLL_INTERVAL)
            # Wake-ups arrive much faster than a task becomes due.
            next_due_at = min(task.due_at for task in self.tasks)
            self._stopped.wait(max(0.0, next_due_at - time.monotonic()))
