"""Documents name only tests that exist."""

import re
from pathlib import Path

from tests.support import source_tree

TEST = re.compile(r"`?(tests/[\w/.]+)::([\w:]+)`?")


def missing_tests(document: Path) -> list[str]:
    """Return the tests that a document names, but which are not in the named file."""
    named = TEST.findall(source_tree.text(document))
    return [f"{file}::{names}" for file, names in named if not is_test(file, names)]


def is_test(file: str, names: str) -> bool:
    """Return whether a file has a test, and the class before its name if there is one."""
    path = source_tree.ROOT / file
    name, *classes = reversed(names.split("::"))
    words = [f"def {name}(", *(f"class {each}:" for each in classes)]
    return path.is_file() and all(word in source_tree.text(path) for word in words)


def test_tests_named_in_documents_exist():
    documents = source_tree.find_files(source_tree.ROOT / "docs", "*.md")
    assert len(TEST.findall(source_tree.text(source_tree.ROOT / "docs/asvs.md"))) > 100
    assert source_tree.violations(documents, missing_tests) == {}
