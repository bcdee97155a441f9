"""Short: what fits on a screen is read whole."""

import re
from pathlib import Path
from statistics import median, quantiles

from flask import Flask

from tests.support import source_tree

# In lines. Python measures what there is to read; a template or a script is one thing or behaviour.
LONGEST_FILE = {".py": 250, ".css": 300, ".js": 150, ".html": 60}
FILES = [
    *source_tree.code(),
    *source_tree.found(source_tree.ROOT / "tests", "*.py"),
    *source_tree.found(source_tree.ROOT / "bench", "*.py"),
    *source_tree.templates(),
    *source_tree.sheets(),
    *source_tree.scripts(),
]
# From a line that opens a block at the left margin to the line that closes it there.
BLOCK = re.compile(r"^[^\s/}].*[{(]$\n(?:(?:\s.*)?\n)*[})].*$", re.MULTILINE)


def sizes() -> list[tuple[int, str]]:
    """The functions of the app and their lines, from `def` to the last."""
    return sorted(
        ((each.end_lineno or 0) - each.lineno + 1, f"{source_tree.name(path)}: {each.name}")
        for path in source_tree.code()
        for each in source_tree.functions(path)
    )


def test_half_of_the_functions_have_six_lines_or_fewer():
    assert median(lines for lines, _ in sizes()) <= 6


def test_nine_of_ten_functions_have_twenty_lines_or_fewer():
    assert quantiles([lines for lines, _ in sizes()], n=10)[-1] <= 20


def test_no_function_has_more_than_forty_lines():
    assert [(lines, which) for lines, which in sizes() if lines > 40] == []


def test_no_function_of_the_tests_has_more_than_forty_lines():
    assert [
        f"{source_tree.name(path)}: {each.name}"
        for path in source_tree.found(source_tree.ROOT / "tests", "*.py")
        for each in source_tree.functions(path)
        if (each.end_lineno or 0) - each.lineno >= 40
    ] == []


def test_routes_have_fifteen_lines_or_fewer(app: Flask):
    views = {(each.__module__, each.__name__) for each in app.view_functions.values()}
    routes = [
        (len(ast_lines(each)), f"{source_tree.name(path)}: {each.name}")
        for path in source_tree.room("blueprints")
        for each in source_tree.functions(path)
        if (source_tree.module(path), each.name) in views
    ]
    assert len(routes) > 60
    assert [route for route in routes if route[0] > 15] == []


def ast_lines(function: source_tree.Function) -> range:
    """The lines of a function below its docstring."""
    first = function.body[1:] or function.body
    return range(first[0].lineno, (function.end_lineno or 0) + 1)


def test_every_file_is_short():
    assert source_tree.faults(FILES, too_long) == {}


def too_long(path: Path) -> int:
    """The lines of a file, if there are more than may be."""
    lines = len(path.read_text().splitlines())
    return lines if lines > LONGEST_FILE[path.suffix] else 0


def test_a_block_of_a_script_has_forty_lines_or_fewer():
    assert source_tree.faults(source_tree.scripts(), long_blocks) == {}


def long_blocks(path: Path) -> list[str]:
    """The first lines of the blocks of a script that have more than forty."""
    blocks = BLOCK.findall(path.read_text())
    return [block.partition("\n")[0] for block in blocks if block.count("\n") >= 40]


def test_the_blocks_of_scripts_are_seen():
    assert BLOCK.findall("function a() {\n  if (b) {\n  }\n\n  c();\n}\non(x, () => {\n});\n") == [
        "function a() {\n  if (b) {\n  }\n\n  c();\n}",
        "on(x, () => {\n});",
    ]
