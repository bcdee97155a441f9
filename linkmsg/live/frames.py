"""Frames: HTML fragments that are rendered for one viewer, outside their request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app, has_request_context

from linkmsg import clock
from linkmsg.live.hub import Hub
from linkmsg.models import snapshot
from linkmsg.models.thread import ThreadChanges


def render(name: str, **context: Any) -> str:
    """Render a template of `broadcasts/` with these names and nothing of the current request."""
    template = current_app.jinja_env.get_template(f"broadcasts/{name}.html")
    shared = {"now": clock.now(), "snapshot": snapshot.label(), "present": Hub.current().present}
    return template.render(**shared, **context)


def render_changed(changes: ThreadChanges) -> str:
    """Render a frame of `changed` by the macro in its template.

    A template imports its parts each time it is rendered; a macro is given them once.
    """
    template = current_app.jinja_env.get_template("broadcasts/changed.html")
    frame = cast(Any, template.module).frame
    viewer, present = changes.view.viewer, Hub.current().present
    return str(frame(changes, viewer, clock.now(), snapshot.label(), present))


@contextmanager
def url_context() -> Iterator[None]:
    """Let templates call `url_for` where there is no request: in a thread or a command."""
    if has_request_context():
        yield
        return
    app = cast(Any, current_app)._get_current_object()
    with app.test_request_context():
        yield
