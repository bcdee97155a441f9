"""Each room does its own work: verbs commit, nouns are pure, doors hold no rules."""

import ast
import re
from collections import defaultdict
from itertools import chain
from pathlib import Path

from flask import Flask

from tests.support import source_tree

# What members do is committed by verbs. The others write for themselves alone.
WRITERS = {"actions", "background", "demo", "migrations", "db"}
CHANGES = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects"}
STATEMENTS = {"insert", "update", "delete"}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def rooms() -> list[Path]:
    """The files in which nothing may be written."""
    return [path for path in source_tree.code() if not WRITERS & {path.stem, *path.parts}]


def session_calls(path: Path) -> set[str]:
    """What a file does with a database session: the last words of `db.session.add` and the like."""
    return {
        call.rsplit(".", 1)[1]
        for call in source_tree.calls(path)
        if re.search(r"\bsession\.\w+$", call)
    }


def test_the_rooms_that_write_are_seen_to_write():
    actions = source_tree.room("actions")
    assert {"add", "delete"} <= set().union(*map(session_calls, actions))
    assert any("linkmsg.db.writing" in source_tree.imports(path) for path in actions)


def test_only_verbs_open_a_write():
    assert source_tree.faults(rooms(), writes) == {}


def writes(path: Path) -> list[str]:
    """How a file opens or ends a write."""
    calls = [call for call in source_tree.calls(path) if call.endswith((".writing", ".commit"))]
    return [*calls, *{"linkmsg.db.writing"} & source_tree.imports(path)]


def test_only_verbs_change_rows():
    assert source_tree.faults(rooms(), changes) == {}


def changes(path: Path) -> set[str]:
    """With what a file changes rows."""
    statements = {f"sqlalchemy.{each}" for each in STATEMENTS}
    return CHANGES & session_calls(path) | statements & source_tree.imports(path)


def test_only_one_action_changes_messages():
    assert source_tree.faults(source_tree.code(), message_updates) == {
        "linkmsg/actions/conversations.py": ["table_of(Message)"]
    }


def message_updates(path: Path) -> list[str]:
    """Return how a file could update messages past `update_message`."""
    if "versions" in path.parts or "sqlalchemy.update" not in source_tree.imports(path):
        return []
    ways = r"update\(Message\)|table_of\(Message\)|Message\.__table__|UPDATE messages"
    return sorted(set(re.findall(ways, path.read_text())))


def test_a_verb_commits_by_writing_only():
    own = {"commit", "rollback"}
    assert (
        source_tree.faults(source_tree.room("actions"), lambda path: own & session_calls(path))
        == {}
    )


def test_nouns_and_verbs_know_nothing_of_requests():
    web = re.compile(r"flask|werkzeug|wtforms")
    for room in ("models", "actions"):
        known = source_tree.faults(
            source_tree.room(room), lambda path: [*filter(web.match, source_tree.imports(path))]
        )
        assert known == {}


def test_a_noun_is_told_the_time():
    clocks = {"linkmsg.clock", "time"}
    assert (
        source_tree.faults(
            source_tree.room("models"), lambda path: clocks & source_tree.imports(path)
        )
        == {}
    )


def test_there_is_one_clock():
    asks = re.compile(r"\b(utcnow|today|datetime\.now)$")
    asked = source_tree.faults(
        source_tree.code(), lambda path: [*filter(asks.search, source_tree.calls(path))]
    )
    assert asked == {"linkmsg/clock.py": ["datetime.now"]}


def test_no_relationship_loads_by_itself():
    assert source_tree.faults(source_tree.room("models"), loads) == {}


def loads(path: Path) -> list[str]:
    """The relationships of a file that ask the database when they are looked at."""
    calls = [each for each in ast.walk(source_tree.parsed(path)) if isinstance(each, ast.Call)]
    ties = [ast.unparse(each) for each in calls if ast.unparse(each.func) == "relationship"]
    return [each for each in ties if "lazy='raise'" not in each]


def test_what_is_public_says_what_it_is_for():
    assert source_tree.faults(source_tree.code(), silent) == {}


def silent(path: Path) -> list[str]:
    """What of a file says nothing: the file itself, and what others can use of it."""
    return [
        getattr(node, "name", "the file")
        for node in ast.walk(source_tree.parsed(path))
        if isinstance(node, source_tree.Function | ast.ClassDef | ast.Module)
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
        and not is_inner(node, path)
    ]


def is_inner(node: ast.AST, path: Path) -> bool:
    """Whether this stands inside a function, where nobody else can call it."""
    return any(node in ast.walk(each) and node is not each for each in source_tree.functions(path))


def test_an_action_begins_with_a_sentence():
    assert source_tree.faults(source_tree.room("actions"), without_a_sentence) == {}


def without_a_sentence(path: Path) -> list[str]:
    """The public functions of a file whose first words are none."""
    public = [each for each in source_tree.functions(path) if not each.name.startswith("_")]
    first = {each.name: (ast.get_docstring(each) or "").split("\n\n")[0] for each in public}
    return [name for name in first if not re.fullmatch(r"[A-Z].*\.", first[name], re.DOTALL)]


def test_a_file_is_named_by_what_it_holds():
    assert source_tree.faults(source_tree.code(), vague) == {}


def vague(path: Path) -> set[str]:
    """The names that would fit any: the file's own, and those of its functions."""
    # SQLAlchemy's own names for a type that turns values
    meant = {"process_bind_param", "process_result_value"}
    names = {each.name for each in source_tree.functions(path)} - meant
    return {name for name in names if re.match(r"(process|manage)", name)} | (
        {path.stem} & SAYS_NOTHING
    )


def test_no_two_classes_share_a_name():
    paths = [*source_tree.code(), *source_tree.found(source_tree.ROOT / "bench", "*.py")]
    homes = defaultdict[str, list[str]](list)
    for path in paths:
        for node in ast.walk(source_tree.parsed(path)):
            if isinstance(node, ast.ClassDef) and node.name != "Meta":
                homes[node.name].append(source_tree.name(path))
    assert len(homes) > 100
    assert {name: found for name, found in homes.items() if len(found) > 1} == {}


def test_every_blueprint_module_has_a_route(app: Flask):
    modules = {each.__module__ for each in app.view_functions.values()}
    packages = {module.rpartition(".")[0] for module in modules}
    without = [
        source_tree.name(path)
        for path in source_tree.room("blueprints")
        if source_tree.module(path) not in modules | packages
    ]
    assert without == []


def test_a_document_that_is_spoken_of_is_there():
    documents = {path.name for path in source_tree.ROOT.glob("*.md")}
    for path in [
        *source_tree.code(),
        *source_tree.templates(),
        *source_tree.sheets(),
        *source_tree.scripts(),
    ]:
        spoken_of = set(re.findall(r"\b[A-Z]{3,}\.md\b", path.read_text()))
        assert spoken_of <= documents, source_tree.name(path)


def test_no_file_names_a_folder_of_somebodys_machine():
    kinds = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".svg", "", ".lock"}
    machine = re.compile(r"(?<![\w.:/}\]-])/(?:home|Users|root|work|mnt)/\w")
    below = (source_tree.ROOT / folder for folder in ("linkmsg", "tests", "bench", ".ci"))
    paths = [*source_tree.ROOT.glob("*"), *chain.from_iterable(each.rglob("*") for each in below)]
    ours = [path for path in paths if path.is_file() and path.suffix in kinds]
    ours = [path for path in ours if path.name != ".git"]  # of a worktree, git's own
    assert source_tree.faults(ours, lambda path: machine.search(path.read_text())) == {}
