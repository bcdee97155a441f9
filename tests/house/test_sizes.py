"""Functions and files are short."""

import re
from pathlib import Path
from statistics import median, quantiles

from flask import Flask

from tests.support import source_tree

# Lines. Templates and scripts are shorter: each is one component or one behaviour.
LONGEST_FILE = {".py": 250, ".css": 300, ".js": 150, ".html": 60}
FILES = [
    *source_tree.python_files(),
    *source_tree.python_tests(),
    *source_tree.bench_files(),
    *source_tree.templates(),
    *source_tree.style_sheets(),
    *source_tree.scripts(),
]
# A block of a script, from the line that opens it at the left margin to the one that closes it.
BLOCK = re.compile(r"^[^\s/}].*[{(]$\n(?:(?:\s.*)?\n)*[})].*$", re.MULTILINE)


def sizes() -> list[tuple[int, str]]:
    """Return the number of lines of each function of the app, from `def` to the last line."""
    return sorted(
        (
            (each.end_lineno or 0) - each.lineno + 1,
            f"{source_tree.relative_path(path)}: {each.name}",
        )
        for path in source_tree.python_files()
        for each in source_tree.functions(path)
    )


def test_median_function_has_at_most_6_lines():
    assert median(lines for lines, _ in sizes()) <= 6


def test_90_percent_of_functions_have_at_most_20_lines():
    assert quantiles([lines for lines, _ in sizes()], n=10)[-1] <= 20


def test_functions_have_at_most_40_lines():
    assert [(lines, which) for lines, which in sizes() if lines > 40] == []


def test_functions_of_tests_have_at_most_40_lines():
    assert [
        f"{source_tree.relative_path(path)}: {each.name}"
        for path in source_tree.python_tests()
        for each in source_tree.functions(path)
        if (each.end_lineno or 0) - each.lineno >= 40
    ] == []


def test_routes_have_at_most_15_lines(app: Flask):
    views = {(each.__module__, each.__name__) for each in app.view_functions.values()}
    routes = [
        (len(lines_of_body(each)), f"{source_tree.relative_path(path)}: {each.name}")
        for path in source_tree.package_files("blueprints")
        for each in source_tree.functions(path)
        if (source_tree.module_name(path), each.name) in views
    ]
    assert len(routes) > 60
    assert [route for route in routes if route[0] > 15] == []


def lines_of_body(function: source_tree.Function) -> range:
    """Return the lines of a function without its signature and docstring."""
    first = function.body[1:] or function.body
    return range(first[0].lineno, (function.end_lineno or 0) + 1)


def test_files_are_short():
    assert source_tree.violations(FILES, too_long) == {}


def too_long(path: Path) -> int:
    """Return the number of lines of a file if it is too large, else 0."""
    lines = len(source_tree.text(path).splitlines())
    return lines if lines > LONGEST_FILE[path.suffix] else 0


def test_blocks_of_scripts_have_at_most_40_lines():
    assert source_tree.violations(source_tree.scripts(), long_blocks) == {}


def long_blocks(path: Path) -> list[str]:
    """Return the first lines of the blocks of a script that are too long."""
    blocks = BLOCK.findall(source_tree.text(path))
    return [block.partition("\n")[0] for block in blocks if block.count("\n") >= 40]


def test_check_recognizes_blocks_of_scripts():
    assert BLOCK.findall("function a() {\n  if (b) {\n  }\n\n  c();\n}\non(x, () => {\n});\n") == [
        "function a() {\n  if (b) {\n  }\n\n  c();\n}",
        "on(x, () => {\n});",
    ]
