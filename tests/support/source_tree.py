"""The files of the house, as the tests of this folder read them."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import nodes

from linkmsg.web import template_filters

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "linkmsg"
TEMPLATES = HOUSE / "templates"
STATIC = HOUSE / "static"
Function = ast.FunctionDef | ast.AsyncFunctionDef

kit = Flask("linkmsg")
template_filters.init_app(kit)
kit.jinja_env.globals.clear()  # Jinja counts none of these as undeclared: request, session, g


def found(folder: Path, pattern: str) -> list[Path]:
    """Our own files of a folder and all below; what others made or wrote is left out."""
    others = {"vendor", "__pycache__", "versions"}
    return sorted(path for path in folder.rglob(pattern) if not others & set(path.parts))


def code() -> list[Path]:
    """The Python files of the app."""
    return [ROOT / "app.py", *found(HOUSE, "*.py")]


def room(name: str) -> list[Path]:
    """The Python files of one room, be it a folder or a single file."""
    return found(HOUSE / name, "*.py") or [HOUSE / f"{name}.py"]


def templates() -> list[Path]:
    return found(TEMPLATES, "*.html")


def partials() -> list[Path]:
    return [path for path in templates() if path.name.startswith("_")]


def sheets() -> list[Path]:
    return found(STATIC / "css", "*.css")


def scripts() -> list[Path]:
    return found(STATIC / "js", "*.js")


def name(path: Path) -> str:
    """How a file is called in the output of a test."""
    return str(path.relative_to(ROOT))


def module(path: Path) -> str:
    """Return the dotted name of a Python file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def faults(paths: Iterable[Path], found: Callable[[Path], object]) -> dict[str, object]:
    """What is found in files, by the name of each in which there is something."""
    looked_at = {name(path): found(path) for path in paths}
    assert looked_at, "there is no file to look at"
    return {path: each for path, each in looked_at.items() if each}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


@cache
def parsed_template(path: Path) -> nodes.Template:
    return kit.jinja_env.parse(path.read_text())


def functions(path: Path) -> Iterator[Function]:
    """All functions of a file, those within classes and functions too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node


def imports(path: Path) -> set[str]:
    """Every module, and every name of a module, that a file imports."""
    names = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def calls(path: Path) -> list[str]:
    """What a file calls, as it is spelled: `db.session.add`, `writing`."""
    return [ast.unparse(node.func) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]


def template_calls(path: Path, called: str) -> list[list[str | None]]:
    """The arguments by place of every call of this name in a template; None if no plain text."""
    return [
        [arg.value if isinstance(arg, nodes.Const) else None for arg in call.args]
        for call in parsed_template(path).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == called
    ]


def rules(path: Path) -> str:
    """A style sheet without its comments and quoted texts."""
    return re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", path.read_text(), flags=re.DOTALL)
