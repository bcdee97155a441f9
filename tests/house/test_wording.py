"""Names and words: short test names, neutral pronouns, plain docstrings and words on screen."""

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
# What pages, errors and toasts once said, and say in plainer words now.
OLD_PHRASES = (
    *("open the doors", "it runs. a few", "the link is made", "lets nobody in", "not open to join"),
    *("it goes by itself", "not opened.", "send it in parts", "no picture that can", "is changed."),
    *("neither of you does", "is never told", "when you are here", "ignore and never again"),
    *("is not told", "know you both", "knows you both", "like my device", "same as my device"),
    *(
        "find anything you wrote",
        "this page is not here",
        "it is our fault",
        "a problem on our side",
    ),
    *("this place is set up", "to join this place", "name of this place", "tell an admin."),
    *("that is not your password", "that is not the token", "what should people call you"),
    *("write something first", "give it a name", "again and again", "can carry", "nobody matches"),
    *("somebody else has this", "turns the direction", "who are you looking for", "people here<"),
    *(
        "could not be reached",
        "split it into parts",
        "from whom?",
        "with whom?",
        "wrong passwords.",
    ),
    *("neither of you sees it", "this picture", "nothing found in time", "in the meantime"),
)
# Rooms whose sentences members read on pages, where the apostrophe is ’.
SCREEN_ROOMS = ("actions", "blueprints", "forms", "models", "web")
TYPEWRITER_APOSTROPHE = re.compile(r"[a-z]'(?:t|s|re|ve|ll|d|m)\b", re.IGNORECASE)
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


def test_old_phrases_do_not_come_back():
    assert source_tree.violations(written_files(), old_phrases) == {}


def old_phrases(path: Path) -> list[str]:
    """Return the old words of the screen that a file has, but not in its docstrings."""
    words = " ".join(screen_text(path).lower().split())
    return [phrase for phrase in OLD_PHRASES if phrase in words]


def screen_text(path: Path) -> str:
    """Return the strings of a Python file, or the whole text of another file."""
    if path.suffix != ".py":
        return source_tree.text(path)
    return "\n".join(each.value for each in strings(ast.parse(source_tree.text(path))))


def strings(tree: ast.AST) -> list[ast.Constant]:
    """Return the strings of a file without its docstrings."""
    docstrings = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    found = (each for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return [each for each in found if isinstance(each.value, str) and id(each) not in docstrings]


def test_apostrophes_on_screen_are_typographic():
    python = [path for path in source_tree.python_files() if path.parts[-2] in SCREEN_ROOMS]
    paths = [*python, *source_tree.templates()]
    assert source_tree.violations(paths, typewriter_apostrophes) == {}


def typewriter_apostrophes(path: Path) -> list[str]:
    """Return the lines of a file's words on screen that have a straight apostrophe."""
    return [line for line in screen_text(path).splitlines() if TYPEWRITER_APOSTROPHE.search(line)]
