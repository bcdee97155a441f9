"""Several at the same moment: each in a thread and an app context of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from linkmsg.actions.errors import ActionRefused
from linkmsg.db import db
from tests.people import PASSWORD, Person, sign_in


def run_together(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Run acts at once; what each gave, or the refusal it met. Any other fault is raised."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            # Opening a connection takes longer than most acts: without it they would queue.
            db.session.connection()
            db.session.rollback()
            ready.wait(timeout=30)
            try:
                return act()
            except ActionRefused as refusal:
                return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def signed_in_browsers(person: Person, count: int) -> list[FlaskClient]:
    """So many browsers in which somebody is signed in."""
    made = [person.app.test_client() for _ in range(count)]
    for each in made:
        sign_in(each, person.email, PASSWORD)
    return made
