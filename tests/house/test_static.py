"""Style sheets and scripts: nothing dead, nothing forced, nothing changed that others made."""

import hashlib
import re
from pathlib import Path

from jinja2 import nodes

from tests.support import source_tree

VENDOR = source_tree.STATIC / "vendor"
# Classes that htmx gives by itself.
BY_HTMX = {"htmx-request", "htmx-swapping", "htmx-settling", "htmx-added", "htmx-indicator"}
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")


def in_sheets() -> set[str]:
    """Every class that a style sheet speaks of."""
    return {
        each for path in source_tree.sheets() for each in CLASS.findall(source_tree.rules(path))
    }


def in_class_attributes() -> set[str]:
    """Every class that a template gives to an element, also within an expression."""
    names: set[str] = set()
    for path in source_tree.templates():
        attributes = re.findall(
            r"\bclass=\"((?:[^\"{]|\{\{.*?\}\}|\{%.*?%\})*)\"", path.read_text()
        )
        for value in attributes:
            inside = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", value)
            names |= set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", value).split())
            chosen = (re.sub(r"(==|!=|\bin) *('[^']*'|[\[(].*?[\])])", "", each) for each in inside)
            names |= {word for each in chosen for word in words_of(re.findall(r"'([^']*)'", each))}
    return names


def in_expressions() -> set[str]:
    """Every word of a text within a template's expressions: classes may be passed to a macro."""
    return {
        word
        for path in source_tree.templates()
        for each in source_tree.parsed_template(path).find_all(nodes.Const)
        for word in words_of([str(each.value)])
    }


def set_by_scripts() -> set[str]:
    """Every class that a script gives to an element."""
    given = r"classList\.\w+\(\"([\w-]+)\"|className = \"([\w -]+)\""
    return {
        word
        for path in source_tree.scripts()
        for each in re.findall(given, path.read_text())
        for word in words_of(each)
    }


def sought_by_scripts() -> set[str]:
    """Every class that a script looks for."""
    texts = (
        text for path in source_tree.scripts() for text in re.findall(STRING, path.read_text())
    )
    return {name for text in texts for name in CLASS.findall(text)}


STRING = r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`"


def words_of(texts: list[str] | tuple[str, ...]) -> set[str]:
    return {word for text in texts for word in text.split()}


def test_every_class_of_a_sheet_is_given_to_something():
    assert in_sheets() - in_class_attributes() - in_expressions() - set_by_scripts() <= BY_HTMX


def test_every_class_that_is_given_means_something():
    given = in_class_attributes() | set_by_scripts()
    assert {"btn", "unread"} <= given
    assert given - in_sheets() - sought_by_scripts() == set()


def test_a_sheet_forces_nothing_and_knows_no_ids():
    assert source_tree.faults(source_tree.sheets(), forced) == {}


def forced(path: Path) -> list[str]:
    """What a sheet says with force, or of a single element; only tokens are colours."""
    colours = r"#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})\b"
    raw = (
        re.sub(colours, "", source_tree.rules(path))
        if path.stem == "tokens"
        else source_tree.rules(path)
    )
    return re.findall(r"!important|#[\w-]+", raw)


def test_a_sheet_lies_in_a_layer_and_loads_nothing():
    layer, load = re.compile(r"\s*@layer \w+"), re.compile(r"@import|url\(")
    assert (
        source_tree.faults(
            source_tree.sheets(), lambda path: not layer.match(source_tree.rules(path))
        )
        == {}
    )
    assert (
        source_tree.faults(source_tree.sheets(), lambda path: load.findall(source_tree.rules(path)))
        == {}
    )


def test_every_token_is_used_and_every_used_one_is_there():
    whole = "\n".join(source_tree.rules(path) for path in source_tree.sheets())
    made = set(re.findall(r"(--[\w-]+)\s*:", whole))
    used = set(re.findall(r"var\((--[\w-]+)", whole))
    assert made == used


def test_every_script_is_loaded():
    pages = "\n".join(path.read_text() for path in source_tree.templates())
    imported = {each for path in source_tree.scripts() for each in imports_of(path)}
    for path in source_tree.scripts():
        name = path.relative_to(source_tree.STATIC / "js").with_suffix("")
        assert path in imported or re.search(rf"[\"'](?:js/)?{name}(?:\.js)?[\"']", pages), name


def imports_of(script: Path) -> set[Path]:
    """Return the scripts that a script imports, statically or by `import("…")`."""
    links = re.findall(r"\b(?:from|import)\s*\(?\s*\"(\.[^\"]+)\"", script.read_text())
    return {(script.parent / link).resolve() for link in links}


def test_scripts_import_without_cycles():
    graph = {path: imports_of(path) for path in source_tree.scripts()}
    assert sum(map(len, graph.values())) > len(graph) / 2
    assert imports_in_cycles(graph) == set()


def test_import_cycle_is_found():
    a, b, c = (Path(name) for name in "abc")
    assert imports_in_cycles({a: {b}, b: {c}, c: {b}}) == {b, c}


def imports_in_cycles(graph: dict[Path, set[Path]]) -> set[Path]:
    """Return the scripts that import themselves by way of others."""

    def reachable(path: Path) -> set[Path]:
        waiting, seen = [path], set[Path]()
        while waiting:
            fresh = graph[waiting.pop()] - seen
            seen |= fresh
            waiting += fresh
        return seen

    return {path for path in graph if path in reachable(path)}


def test_a_script_evaluates_no_text():
    ways = re.compile(r"\beval\(|new Function|\.innerHTML|insertAdjacentHTML")
    assert (
        source_tree.faults(source_tree.scripts(), lambda path: ways.findall(path.read_text())) == {}
    )


def test_what_others_made_is_unchanged():
    table = re.findall(r"^\| `([\w.-]+)` \|.*`([\da-f]{64})`", readme(), re.MULTILINE)
    for name, digest in table:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
    there = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css", ".mjs"}}
    assert {name for name, _ in table} == there


def test_what_others_made_keeps_its_licence():
    named = set(re.findall(r"`(LICENSE[\w.-]*)`", readme()))
    assert named
    assert named <= {path.name for path in VENDOR.iterdir()}


def readme() -> str:
    return (VENDOR / "README.md").read_text()
