"""Compiled routes, kept for the whole run."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


def keep_compiled_routes() -> None:
    """Let all apps share what Werkzeug compiles of a route to build its addresses.

    Every test makes an app, and would spend two thirds of that time compiling the same again.
    """
    compile_route, kept = Rule._compile_builder, dict[Any, Callable[..., tuple[str, str]]]()

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_route(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = compiled
