"""Architecture: only actions commit, models are pure, and names say what they are."""

import ast
import re
from collections import defaultdict
from itertools import chain
from pathlib import Path

from flask import Flask

from tests.support import source_tree

# Members' changes are committed by actions. The others commit only their own data.
WRITERS = {"actions", "background", "demo", "migrations", "db"}
CHANGES = {"add", "add_all", "delete", "merge", "flush", "commit", "bulk_save_objects"}
STATEMENTS = {"insert", "update", "delete"}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


def read_only_files() -> list[Path]:
    """Return the files that must not write to the database."""
    return [path for path in source_tree.python_files() if not WRITERS & {path.stem, *path.parts}]


def session_calls(path: Path) -> set[str]:
    """Return the methods of database sessions that a file calls, such as `add`."""
    return {
        call.rsplit(".", 1)[1]
        for call in source_tree.calls(path)
        if re.search(r"\bsession\.\w+$", call)
    }


def test_check_recognizes_files_that_write():
    actions = source_tree.package_files("actions")
    assert {"add", "delete"} <= set().union(*map(session_calls, actions))
    assert any("linkmsg.db.writing" in source_tree.imports(path) for path in actions)


def test_only_actions_open_a_write():
    assert source_tree.violations(read_only_files(), opened_writes) == {}


def opened_writes(path: Path) -> list[str]:
    """Return how a file opens or ends a write transaction."""
    calls = [call for call in source_tree.calls(path) if call.endswith((".writing", ".commit"))]
    return [*calls, *{"linkmsg.db.writing"} & source_tree.imports(path)]


def test_only_actions_change_rows():
    assert source_tree.violations(read_only_files(), row_changes) == {}


def row_changes(path: Path) -> set[str]:
    """Return what a file changes rows with."""
    statements = {f"sqlalchemy.{each}" for each in STATEMENTS}
    return CHANGES & session_calls(path) | statements & source_tree.imports(path)


def test_only_one_action_changes_messages():
    assert source_tree.violations(source_tree.python_files(), message_updates) == {
        "linkmsg/actions/conversations.py": ["table_of(Message)"]
    }


def message_updates(path: Path) -> list[str]:
    """Return how a file could update messages past `update_message`."""
    if "versions" in path.parts or "sqlalchemy.update" not in source_tree.imports(path):
        return []
    ways = r"update\(Message\)|table_of\(Message\)|Message\.__table__|UPDATE messages"
    return sorted(set(re.findall(ways, source_tree.text(path))))


def test_actions_commit_only_with_writing():
    own = {"commit", "rollback"}
    assert (
        source_tree.violations(
            source_tree.package_files("actions"), lambda path: own & session_calls(path)
        )
        == {}
    )


def test_models_and_actions_do_not_import_the_web():
    web = re.compile(r"flask|werkzeug|wtforms")
    for room in ("models", "actions"):
        known = source_tree.violations(
            source_tree.package_files(room),
            lambda path: [*filter(web.match, source_tree.imports(path))],
        )
        assert known == {}


def test_models_get_the_time_as_an_argument():
    clocks = {"linkmsg.clock", "time"}
    assert (
        source_tree.violations(
            source_tree.package_files("models"), lambda path: clocks & source_tree.imports(path)
        )
        == {}
    )


def test_only_the_clock_reads_the_time():
    reads = re.compile(r"\b(utcnow|today|datetime\.now)$")
    readers = source_tree.violations(
        source_tree.python_files(), lambda path: [*filter(reads.search, source_tree.calls(path))]
    )
    assert readers == {"linkmsg/clock.py": ["datetime.now"]}


def test_no_relationship_loads_lazily():
    assert source_tree.violations(source_tree.package_files("models"), lazy_relationships) == {}


def lazy_relationships(path: Path) -> list[str]:
    """Return the relationships of a file that query the database when they are accessed."""
    calls = [each for each in source_tree.syntax_nodes(path) if isinstance(each, ast.Call)]
    relationships = [
        ast.unparse(each) for each in calls if ast.unparse(each.func) == "relationship"
    ]
    return [each for each in relationships if "lazy='raise'" not in each]


def test_public_names_have_docstrings():
    assert source_tree.violations(source_tree.python_files(), undocumented) == {}


def undocumented(path: Path) -> list[str]:
    """Return the public names of a file, and the file itself, that have no docstring."""
    return [
        getattr(node, "name", "the file")
        for node in source_tree.syntax_nodes(path)
        if isinstance(node, source_tree.Function | ast.ClassDef | ast.Module)
        and not getattr(node, "name", "").startswith("_")
        and not ast.get_docstring(node)
        and node not in source_tree.nested_nodes(path)
    ]


def test_docstrings_of_actions_begin_with_a_sentence():
    assert source_tree.violations(source_tree.package_files("actions"), without_a_sentence) == {}


def without_a_sentence(path: Path) -> list[str]:
    """Return the public functions of a file whose docstring begins with no sentence."""
    public = [each for each in source_tree.functions(path) if not each.name.startswith("_")]
    first = {each.name: (ast.get_docstring(each) or "").split("\n\n")[0] for each in public}
    return [name for name in first if not re.fullmatch(r"[A-Z].*\.", first[name], re.DOTALL)]


def test_names_of_files_and_functions_are_specific():
    assert source_tree.violations(source_tree.python_files(), vague) == {}


def vague(path: Path) -> set[str]:
    """Return the vague names of a file: its own, and those of its functions."""
    # SQLAlchemy's names for the methods of a custom type
    required = {"process_bind_param", "process_result_value"}
    names = {each.name for each in source_tree.functions(path)} - required
    return {name for name in names if re.match(r"(process|manage)", name)} | (
        {path.stem} & VAGUE_NAMES
    )


def test_no_two_classes_share_a_name():
    paths = [
        *source_tree.python_files(),
        *source_tree.bench_files(),
        *source_tree.python_tests(),
    ]
    files_of = defaultdict[str, list[str]](list)
    for path in paths:
        for node in source_tree.syntax_nodes(path):
            if isinstance(node, ast.ClassDef) and node.name != "Meta":
                files_of[node.name].append(source_tree.relative_path(path))
    assert len(files_of) > 100
    assert {name: files for name, files in files_of.items() if len(files) > 1} == {}


def test_every_blueprint_module_has_a_route(app: Flask):
    modules = {each.__module__ for each in app.view_functions.values()}
    packages = {module.rpartition(".")[0] for module in modules}
    without = [
        source_tree.relative_path(path)
        for path in source_tree.package_files("blueprints")
        if source_tree.module_name(path) not in modules | packages
    ]
    assert without == []


def test_no_code_mixes_fields_or_renders_texts():
    """Such as request.values, where a query string replaces a missing field of a form."""
    unsafe = re.compile(r"request\.values|render_template_string|from_string\(|CombinedMultiDict")
    paths = source_tree.python_files()
    assert source_tree.violations(paths, lambda path: unsafe.findall(source_tree.text(path))) == {}


def test_mentioned_documents_exist():
    documents = {path.name for path in source_tree.ROOT.glob("*.md")}
    for path in [
        *source_tree.python_files(),
        *source_tree.templates(),
        *source_tree.style_sheets(),
        *source_tree.scripts(),
    ]:
        mentioned = set(re.findall(r"\b[A-Z]{3,}\.md\b", source_tree.text(path)))
        assert mentioned <= documents, source_tree.relative_path(path)


def test_no_file_has_a_path_of_a_developer_machine():
    kinds = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".svg", "", ".lock"}
    machine = re.compile(r"(?<![\w.:/}\]-])/(?:home|Users|root|work|mnt)/\w")
    below = (source_tree.ROOT / folder for folder in ("linkmsg", "tests", "bench", ".ci"))
    paths = [*source_tree.ROOT.glob("*"), *chain.from_iterable(each.rglob("*") for each in below)]
    ours = [path for path in paths if path.is_file() and path.suffix in kinds]
    ours = [path for path in ours if path.name != ".git"]  # a file in a worktree
    assert source_tree.violations(ours, lambda path: machine.search(source_tree.text(path))) == {}
