"""Read and parse the repository's files for tests/house, which checks rules of style."""

import ast
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import nodes

from linkmsg.web import template_filters

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "linkmsg"
TEMPLATES = PACKAGE / "templates"
STATIC = PACKAGE / "static"
Function = ast.FunctionDef | ast.AsyncFunctionDef

_jinja_app = Flask("linkmsg")
template_filters.init_app(_jinja_app)
_jinja_app.jinja_env.globals.clear()  # else Jinja takes request, session and g for declared


@cache
def find_files(folder: Path, pattern: str) -> list[Path]:
    """Return files below a folder whose names match a pattern, without others' code.

    Folders named vendor, versions (migrations) and __pycache__ are left out.
    """
    others = {"vendor", "__pycache__", "versions"}
    return sorted(path for path in folder.rglob(pattern) if not others & set(path.parts))


def python_files() -> list[Path]:
    """Return the Python files of the app."""
    return [ROOT / "app.py", *find_files(PACKAGE, "*.py")]


def python_tests() -> list[Path]:
    """Return the Python files of the tests."""
    return find_files(ROOT / "tests", "*.py")


def bench_files() -> list[Path]:
    """Return the Python files of the benchmarks."""
    return find_files(ROOT / "bench", "*.py")


def package_files(name: str) -> list[Path]:
    """Return the Python files of a package of linkmsg, or the one file if `name` is a module."""
    return find_files(PACKAGE / name, "*.py") or [PACKAGE / f"{name}.py"]


def templates() -> list[Path]:
    """Return all HTML templates."""
    return find_files(TEMPLATES, "*.html")


def partials() -> list[Path]:
    """Return the templates that are parts of others: their names begin with an underscore."""
    return [path for path in templates() if path.name.startswith("_")]


def style_sheets() -> list[Path]:
    """Return the CSS files, without vendored ones."""
    return find_files(STATIC / "css", "*.css")


def scripts() -> list[Path]:
    """Return the JavaScript files, without vendored ones."""
    return find_files(STATIC / "js", "*.js")


def relative_path(path: Path) -> str:
    """Return the path of a file relative to the root of the repository."""
    return str(path.relative_to(ROOT))


def module_name(path: Path) -> str:
    """Return the name under which a Python file is imported, such as linkmsg.live.hub."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def violations(paths: Iterable[Path], check: Callable[[Path], object]) -> dict[str, object]:
    """Call `check` for each file; return what it found by the file's path, without empty results.

    Fail if there are no files, because such a test would check nothing.
    """
    results = {relative_path(path): check(path) for path in paths}
    assert results, "there is no file to check"
    return {path: result for path, result in results.items() if result}


@cache
def text(path: Path) -> str:
    """Return the content of a file, which is read only once."""
    return path.read_text()


@cache
def syntax_tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(text(path), str(path))


@cache
def syntax_nodes(path: Path) -> list[ast.AST]:
    """Return all nodes of the syntax tree of a Python file."""
    return list(ast.walk(syntax_tree(path)))


@cache
def parse_template(path: Path) -> nodes.Template:
    """Return the syntax tree of a Jinja template."""
    return _jinja_app.jinja_env.parse(text(path))


@cache
def functions(path: Path) -> list[Function]:
    """Return the syntax nodes of all functions of a file, also methods and nested functions."""
    return [node for node in syntax_nodes(path) if isinstance(node, Function)]


@cache
def nested_nodes(path: Path) -> set[ast.AST]:
    """Return the syntax nodes of a file that are inside a function."""
    return {
        inner
        for function in functions(path)
        for inner in ast.walk(function)
        if inner is not function
    }


@cache
def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports: modules, and names inside modules."""
    names = set()
    for node in syntax_nodes(path):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{each.name}" for each in node.names)}
    return names


@cache
def calls(path: Path) -> list[str]:
    """Return the functions that a file calls, as its source has them, such as `db.session.add`."""
    return [ast.unparse(node.func) for node in syntax_nodes(path) if isinstance(node, ast.Call)]


def template_calls(path: Path, function: str) -> list[list[str | None]]:
    """Return the positional arguments of each call of a function in a template.

    An argument that is not a constant is None.
    """
    return [
        [arg.value if isinstance(arg, nodes.Const) else None for arg in call.args]
        for call in parse_template(path).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name == function
    ]


@cache
def css_without_comments(path: Path) -> str:
    """Return the text of a style sheet without comments and quoted strings."""
    return re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", text(path), flags=re.DOTALL)
