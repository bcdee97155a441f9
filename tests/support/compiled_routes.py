"""Cache what werkzeug compiles for each route, for the whole test run."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


def keep_compiled_routes() -> None:
    """Patch werkzeug to compile the function that builds a route's URLs once per test run.

    Every test creates an app with the same routes. The function gets its Rule as an argument, so
    equal rules of several apps can share it.
    """
    compile_builder = Rule._compile_builder
    builders: dict[Any, Build] = {}

    @wraps(compile_builder)
    def kept(rule: Rule, append_unknown: bool = True) -> Build:
        key = (rule.rule, str(rule.defaults), tuple(rule._trace), append_unknown)
        if key not in builders:
            builders[key] = compile_builder(rule, append_unknown)
        return builders[key]

    Rule._compile_builder = kept  # type: ignore[method-assign]
