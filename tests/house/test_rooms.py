"""Each room does its own work: verbs commit, nouns are pure, doors hold no rules."""

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

# What members do is committed by verbs. The others write for themselves alone.
WRITERS = {"actions", "background", "demo", "migrations", "db"}
CHANGES = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects"}
STATEMENTS = {"insert", "update", "delete"}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def rooms() -> list[Path]:
    """The files in which nothing may be written."""
    return [path for path in tree.code() if not WRITERS & {path.stem, *path.parts}]


def session_calls(path: Path) -> set[str]:
    """What a file does with a database session: the last words of `db.session.add` and the like."""
    return {
        call.rsplit(".", 1)[1] for call in tree.calls(path) if re.search(r"\bsession\.\w+$", call)
    }


def test_the_rooms_that_write_are_seen_to_write():
    actions = tree.room("actions")
    assert {"add", "delete"} <= set().union(*map(session_calls, actions))
    assert any("linkmsg.db.writing" in tree.imports(path) for path in actions)


@pytest.mark.parametrize("path", rooms(), ids=tree.name)
def test_only_verbs_open_a_write(path: Path):
    assert "linkmsg.db.writing" not in tree.imports(path)
    assert not any(call.endswith((".writing", ".commit")) for call in tree.calls(path))


@pytest.mark.parametrize("path", rooms(), ids=tree.name)
def test_only_verbs_change_rows(path: Path):
    assert not CHANGES & session_calls(path)
    assert not {f"sqlalchemy.{each}" for each in STATEMENTS} & tree.imports(path)


@pytest.mark.parametrize("path", tree.room("actions"), ids=tree.name)
def test_a_verb_commits_by_writing_only(path: Path):
    assert not {"commit", "rollback"} & session_calls(path)


@pytest.mark.parametrize("path", [*tree.room("models"), *tree.room("actions")], ids=tree.name)
def test_nouns_and_verbs_know_nothing_of_requests(path: Path):
    web = {each for each in tree.imports(path) if re.match(r"(flask|werkzeug|wtforms)", each)}
    assert web == set()


@pytest.mark.parametrize("path", tree.room("models"), ids=tree.name)
def test_a_noun_is_told_the_time(path: Path):
    assert not {"linkmsg.clock", "time"} & tree.imports(path)


@pytest.mark.parametrize("path", tree.code(), ids=tree.name)
def test_there_is_one_clock(path: Path):
    asks = [
        call for call in tree.calls(path) if re.search(r"\b(utcnow|today|datetime\.now)$", call)
    ]
    assert asks == (["datetime.now"] if path.name == "clock.py" else [])


@pytest.mark.parametrize("path", tree.room("models"), ids=tree.name)
def test_no_relationship_loads_by_itself(path: Path):
    for node in ast.walk(tree.parsed(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "relationship":
            assert "lazy='raise'" in ast.unparse(node)


@pytest.mark.parametrize("path", tree.code(), ids=tree.name)
def test_what_is_public_says_what_it_is_for(path: Path):
    silent = [
        node.name
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, tree.Function | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not is_inner(node, path)
    ]
    assert ast.get_docstring(tree.parsed(path))
    assert silent == []


def is_inner(node: ast.AST, path: Path) -> bool:
    """Whether this stands inside a function, where nobody else can call it."""
    return any(node in ast.walk(each) and node is not each for each in tree.functions(path))


@pytest.mark.parametrize("path", tree.room("actions"), ids=tree.name)
def test_an_action_begins_with_a_sentence(path: Path):
    for each in (each for each in tree.functions(path) if not each.name.startswith("_")):
        first = (ast.get_docstring(each) or "").split("\n\n")[0]
        assert re.fullmatch(r"[A-Z].*\.", first, re.DOTALL), f"{each.name}: {first}"


@pytest.mark.parametrize("path", tree.code(), ids=tree.name)
def test_a_file_is_named_by_what_it_holds(path: Path):
    assert path.stem not in SAYS_NOTHING
    vague = [each.name for each in tree.functions(path) if re.match(r"(process|manage)", each.name)]
    # SQLAlchemy's own names for a type that turns values
    assert set(vague) <= {"process_bind_param", "process_result_value"}


def test_a_document_that_is_spoken_of_is_there():
    documents = {path.name for path in tree.ROOT.glob("*.md")}
    for path in [*tree.code(), *tree.templates(), *tree.sheets(), *tree.scripts()]:
        spoken_of = set(re.findall(r"\b[A-Z]{3,}\.md\b", path.read_text()))
        assert spoken_of <= documents, tree.name(path)


@pytest.mark.parametrize("folder", ["linkmsg", "tests", "bench", ".ci", "."])
def test_no_file_names_a_folder_of_somebodys_machine(folder: str):
    kinds = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".svg", "", ".lock"}
    start = tree.ROOT / folder
    paths = start.glob("*") if folder == "." else start.rglob("*")
    machine = re.compile(r"(?<![\w.:/}\]-])/(?:home|Users|root|work|mnt)/\w")
    assert [
        tree.name(path)
        for path in paths
        if path.is_file() and path.suffix in kinds and machine.search(path.read_text())
    ] == []
