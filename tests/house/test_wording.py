"""Names and words: short test names, neutral pronouns, and imperative docstrings."""

import ast
import re
from pathlib import Path

from tests.support import source_tree

LONGEST_TEST_NAME = 60
PRONOUN = re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE)
# Files whose text is written by people in the story: messages of the demo and of tests.
QUOTED = {
    *(source_tree.PACKAGE / "demo/talks").glob("*.txt"),
    source_tree.PACKAGE / "demo/members.py",
    Path(__file__),
}
QUOTED_LINES = {
    """("O'Brien, Pat (she)", "o-brien-pat-she"),""",
    """("Ana (she/her) Ruiz", "AR", "Ana"),""",
    """("She works part-time", "part-ti", "part-time"),""",
}
# How docstrings begin that describe a thing instead of what the function does.
NOT_IMPERATIVE = {
    *("A", "An", "The", "All", "Each", "Every", "One", "It", "If", "That", "Those"),
    *("How", "What", "When", "Where", "Whether", "Who", "Whom"),
}


def written_files() -> list[Path]:
    """Return our own text files: code, templates, scripts, style sheets and documents."""
    python = [*source_tree.python_files(), *source_tree.python_tests(), *source_tree.bench_files()]
    front = [*source_tree.templates(), *source_tree.scripts(), *source_tree.style_sheets()]
    documents = [source_tree.ROOT / "README.md", *(source_tree.ROOT / "docs").glob("*.md")]
    return [path for path in [*python, *front, *documents] if path not in QUOTED]


def test_names_of_tests_are_short():
    assert source_tree.violations(source_tree.python_tests(), long_test_names) == {}


def long_test_names(path: Path) -> list[str]:
    """Return the tests of a file whose names are too long."""
    names = (each.name for each in source_tree.functions(path) if each.name.startswith("test_"))
    return [name for name in names if len(name) > LONGEST_TEST_NAME]


def test_pronouns_are_neutral():
    assert source_tree.violations(written_files(), gendered_lines) == {}


def gendered_lines(path: Path) -> list[str]:
    """Return the lines of a file with a gendered pronoun."""
    lines = map(str.strip, source_tree.text(path).splitlines())
    return [line for line in lines if PRONOUN.search(line) and line not in QUOTED_LINES]


def test_docstrings_of_functions_are_imperative():
    paths = [*source_tree.python_files(), *source_tree.bench_files()]
    assert source_tree.violations(paths, descriptive_docstrings) == {}


def descriptive_docstrings(path: Path) -> list[str]:
    """Return the public functions of a file whose docstring does not begin with a verb."""
    return [
        f"{each.name}: {docstring.splitlines()[0]}"
        for each in source_tree.functions(path)
        if not each.name.startswith("_") and not is_property(each)
        if (docstring := ast.get_docstring(each))
        if docstring.split(maxsplit=1)[0].rstrip(",:") in NOT_IMPERATIVE
    ]


def is_property(function: source_tree.Function) -> bool:
    """Return whether a function is a property."""
    return any(ast.unparse(each).endswith("property") for each in function.decorator_list)
