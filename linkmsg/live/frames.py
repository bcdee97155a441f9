"""Frames: fragments rendered for one viewer, outside of whoever's request it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app, has_request_context

from linkmsg import clock
from linkmsg.db import as_of
from linkmsg.live.hub import Hub
from linkmsg.models.thread import ThreadChanges


def render(name: str, **context: Any) -> str:
    """A frame by its template in `broadcasts/`, from these names and nothing of the request."""
    template = current_app.jinja_env.get_template(f"broadcasts/{name}.html")
    known = {"now": clock.now(), "as_of": as_of(), "present": Hub.here().present}
    return template.render(**known, **context)


def render_changed(changes: ThreadChanges) -> str:
    """The frame of `changed`, which every send makes for each viewer, by the macro in its template.

    A macro finds what its template imports as it was made once; `render` imports it each time.
    """
    template = current_app.jinja_env.get_template("broadcasts/changed.html")
    frame = cast(Any, template.module).frame
    viewer, present = changes.view.viewer, Hub.here().present
    return str(frame(changes, viewer, clock.now(), as_of(), present))


@contextmanager
def addressed() -> Iterator[None]:
    """Let templates write addresses, also where no request is: in a thread or a command."""
    if has_request_context():
        yield
        return
    app = cast(Any, current_app)._get_current_object()
    with app.test_request_context():
        yield
