"""Run several actions at the same time, and wait for what other threads do."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from tests.people import PASSWORD, Person, sign_in


def run_together(app: Flask, *actions: Callable[[], Any]) -> list[Any]:
    """Run functions at the same time; return in their order the result or ActionRefused of each.

    Another exception of any is raised.
    """
    ready = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        with app.app_context():
            # Opening a connection takes longer than most actions, so they would run one by one.
            db.session.connection()
            db.session.rollback()
            ready.wait(timeout=30)
            try:
                return action()
            except ActionRefused as refusal:
                return refusal

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def wait_until(is_true: Callable[[], bool]) -> None:
    """Wait for what another thread or process does."""
    for _ in range(30_000):
        if is_true():
            return
        time.sleep(0.01)
    raise AssertionError("the condition is never true")


def signed_in_browsers(person: Person, count: int) -> list[FlaskClient]:
    """Return this many browsers (test clients) in which a person is signed in."""
    clients = [person.app.test_client() for _ in range(count)]
    for each in clients:
        sign_in(each, person.email, PASSWORD)
    return clients
