"""Render frames: HTML fragments that are sent to a member's open tabs over WebSockets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import current_app, has_request_context

from linkmsg import clock
from linkmsg.live.hub import Hub
from linkmsg.models import snapshot
from linkmsg.models.thread import ThreadChanges


def render(name: str, **context: Any) -> str:
    """Return the HTML of the template broadcasts/<name>.html, rendered with the names in `context`.

    The template gets nothing of the current request, which may be that of another member.
    """
    template = current_app.jinja_env.get_template(f"broadcasts/{name}.html")
    shared = {"now": clock.now(), "snapshot": snapshot.label(), "present": Hub.current().present}
    return template.render(**shared, **context)


def render_changed(changes: ThreadChanges) -> str:
    """Return the HTML of added and changed messages, by the macro in broadcasts/changed.html.

    A macro is faster than `render`: a template imports others each time it is rendered.
    """
    template = current_app.jinja_env.get_template("broadcasts/changed.html")
    frame = cast(Any, template.module).frame
    viewer, present = changes.view.viewer, Hub.current().present
    return str(frame(changes, viewer, clock.now(), snapshot.label(), present))


@contextmanager
def url_context() -> Iterator[None]:
    """Let templates call `url_for` in a thread or a command, where there is no request."""
    if has_request_context():
        yield
        return
    app = cast(Any, current_app)._get_current_object()
    with app.test_request_context():
        yield
