"""Style sheets and scripts: no dead code, no forbidden_styles styles, unchanged vendored files."""

import hashlib
import re
from pathlib import Path

from jinja2 import nodes

from tests.support import source_tree

VENDOR = source_tree.STATIC / "vendor"
# Classes that htmx sets.
HTMX_CLASSES = {"htmx-request", "htmx-swapping", "htmx-settling", "htmx-added", "htmx-indicator"}
CLASS = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")


def classes_in_sheets() -> set[str]:
    """Return the classes in selectors of style sheets."""
    return {
        each
        for path in source_tree.style_sheets()
        for each in CLASS.findall(source_tree.css_without_comments(path))
    }


def classes_in_attributes() -> set[str]:
    """Return the classes in class attributes of templates, including those in expressions."""
    names: set[str] = set()
    for path in source_tree.templates():
        attributes = re.findall(
            r"\bclass=\"((?:[^\"{]|\{\{.*?\}\}|\{%.*?%\})*)\"", source_tree.text(path)
        )
        for value in attributes:
            inside = re.findall(r"\{\{.*?\}\}|\{%.*?%\}", value)
            names |= set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", value).split())
            chosen = (re.sub(r"(==|!=|\bin) *('[^']*'|[\[(].*?[\])])", "", each) for each in inside)
            names |= {word for each in chosen for word in words_of(re.findall(r"'([^']*)'", each))}
    return names


def words_in_expressions() -> set[str]:
    """Return the words in string constants of templates: classes may be macro arguments."""
    return {
        word
        for path in source_tree.templates()
        for each in source_tree.parse_template(path).find_all(nodes.Const)
        for word in words_of([str(each.value)])
    }


def classes_set_by_scripts() -> set[str]:
    """Return the classes that scripts set."""
    pattern = r"classList\.\w+\(\"([\w-]+)\"|className = \"([\w -]+)\""
    return {
        word
        for path in source_tree.scripts()
        for each in re.findall(pattern, source_tree.text(path))
        for word in words_of(each)
    }


def classes_queried_by_scripts() -> set[str]:
    """Return the classes in selectors of scripts."""
    texts = (
        text
        for path in source_tree.scripts()
        for text in re.findall(STRING, source_tree.text(path))
    )
    return {name for text in texts for name in CLASS.findall(text)}


STRING = r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`"


def words_of(texts: list[str] | tuple[str, ...]) -> set[str]:
    return {word for text in texts for word in text.split()}


def test_every_class_in_a_style_sheet_is_used():
    assert (
        classes_in_sheets()
        - classes_in_attributes()
        - words_in_expressions()
        - classes_set_by_scripts()
        <= HTMX_CLASSES
    )


def test_every_used_class_has_a_rule_or_a_query():
    used = classes_in_attributes() | classes_set_by_scripts()
    assert {"btn", "unread"} <= used
    assert used - classes_in_sheets() - classes_queried_by_scripts() == set()


def test_style_sheets_have_no_important_and_no_ids():
    assert source_tree.violations(source_tree.style_sheets(), forbidden_styles) == {}


def forbidden_styles(path: Path) -> list[str]:
    """Return the `!important`, ids and colours of a sheet; only tokens may be colours."""
    colours = r"#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})\b"
    raw = (
        re.sub(colours, "", source_tree.css_without_comments(path))
        if path.stem == "tokens"
        else source_tree.css_without_comments(path)
    )
    return re.findall(r"!important|#[\w-]+", raw)


def test_style_sheets_use_a_layer_and_load_nothing():
    layer, load = re.compile(r"\s*@layer \w+"), re.compile(r"@import|url\(")
    assert (
        source_tree.violations(
            source_tree.style_sheets(),
            lambda path: not layer.match(source_tree.css_without_comments(path)),
        )
        == {}
    )
    assert (
        source_tree.violations(
            source_tree.style_sheets(),
            lambda path: load.findall(source_tree.css_without_comments(path)),
        )
        == {}
    )


def test_every_token_is_defined_and_used():
    whole = "\n".join(source_tree.css_without_comments(path) for path in source_tree.style_sheets())
    defined = set(re.findall(r"(--[\w-]+)\s*:", whole))
    used = set(re.findall(r"var\((--[\w-]+)", whole))
    assert defined == used


def test_every_script_is_loaded():
    pages = "\n".join(source_tree.text(path) for path in source_tree.templates())
    imported = {each for path in source_tree.scripts() for each in imports_of(path)}
    for path in source_tree.scripts():
        name = path.relative_to(source_tree.STATIC / "js").with_suffix("")
        assert path in imported or re.search(rf"[\"'](?:js/)?{name}(?:\.js)?[\"']", pages), name


def imports_of(script: Path) -> set[Path]:
    """Return the scripts that a script imports, statically or by a name for the module loader."""
    text = source_tree.text(script)
    links = re.findall(r"\b(?:from|import)\s*\"(\.[^\"]+)\"", text)
    names = re.findall(r"\bload(?:Module|Later)\(\"([\w/]+)\"", text)
    own = {(script.parent / link).resolve() for link in links}
    return own | {source_tree.STATIC / f"js/{name}.js" for name in names}


def test_only_the_module_loader_imports_on_demand():
    """In Firefox another failed `import()` would stay failed until the page is reloaded."""
    ways = re.compile(r"\bimport\s*\(")
    using = {path.name for path in source_tree.scripts() if ways.search(source_tree.text(path))}
    assert using == {"load_module.js"}


def test_every_module_loaded_on_demand_exists():
    loaded = {each for path in source_tree.scripts() for each in imports_of(path)}
    assert {path for path in loaded if not path.exists()} == set()


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


def test_scripts_do_not_evaluate_strings():
    ways = re.compile(r"\beval\(|new Function|\.innerHTML|insertAdjacentHTML")
    assert (
        source_tree.violations(
            source_tree.scripts(), lambda path: ways.findall(source_tree.text(path))
        )
        == {}
    )


def test_vendored_files_are_unchanged():
    table = re.findall(r"^\| `([\w.-]+)` \|.*`([\da-f]{64})`", vendor_readme(), re.MULTILINE)
    for name, digest in table:
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
    there = {path.name for path in VENDOR.iterdir() if path.suffix in {".js", ".css", ".mjs"}}
    assert {name for name, _ in table} == there


def test_vendored_files_have_licences():
    named = set(re.findall(r"`(LICENSE[\w.-]*)`", vendor_readme()))
    assert named
    assert named <= {path.name for path in VENDOR.iterdir()}


def vendor_readme() -> str:
    return (VENDOR / "README.md").read_text()
