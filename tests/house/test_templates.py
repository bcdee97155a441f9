"""Templates: partials are pure, nothing is inline, addresses come from the map."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

from tests.support import source_tree

# What a partial may use beyond its arguments: where things are, and how a notice reads.
PURE = {"url_for", "notice_text"}
AMBIENT = {"csrf_token", "current_user", "request", "g", "session"}
INPUTS = re.compile(r"\{# (?P<name>\w+)\((?P<args>[^)]*)\): \S.* #\}")
ADDRESS = re.compile(
    r"\b(?:href|src|action|formaction|hx-get|hx-post|poster)=(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))"
)
INLINE = {
    "a script": r"<script(?![^>]*\ssrc=)",
    "a style": r"<style\b|\sstyle=|\|xmlattr",
    "a handler": r"\son[a-z]+=|\bhx-on|javascript:",
    "an expression for htmx": r"hx-(?:vals|headers)=[\"']?js:|hx-trigger=\"[^\"]*\[[^\"]*\]",
}


def source(path: Path) -> str:
    """A template without its comments and statements."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}", "", path.read_text(), flags=re.DOTALL)


def macro(path: Path) -> nodes.Macro:
    """The macro that a partial is named after."""
    macros = source_tree.parsed_template(path).find_all(nodes.Macro)
    return next(each for each in macros if each.name == path.stem.removeprefix("_"))


def test_the_first_line_of_a_partial_says_its_inputs():
    """Such as {# row(row, viewer): what each is #}."""
    assert source_tree.faults(source_tree.partials(), unsaid) == {}


def unsaid(path: Path) -> str:
    """The first line of a partial, if it is not what it should be."""
    first = path.read_text().splitlines()[0]
    said = INPUTS.fullmatch(first)
    if said is None or said["name"] != path.stem.removeprefix("_"):
        return first
    named = [each.strip() for each in said["args"].split(",") if each.strip() not in {"", "…"}]
    return "" if named == [arg.name for arg in macro(path).args] else first


def test_a_partial_uses_nothing_but_its_inputs():
    assert source_tree.faults(source_tree.partials(), ambient) == {}


def ambient(path: Path) -> set[str]:
    """What a partial uses beyond its inputs, or hides by a name of its own."""
    template = source_tree.parsed_template(path)
    made = {each.name for each in template.find_all(nodes.Name) if each.ctx == "store"}
    return meta.find_undeclared_variables(template) - made - PURE | made & AMBIENT


def test_a_partial_is_imported_without_context():
    assert source_tree.faults(source_tree.templates(), with_context) == {}


def with_context(path: Path) -> list[nodes.Node]:
    """What a template takes in that sees all that the template sees."""
    template = source_tree.parsed_template(path)
    imports = template.find_all((nodes.FromImport, nodes.Import))
    return [each for each in imports if each.with_context] + [*template.find_all(nodes.Include)]


@pytest.mark.parametrize("what", INLINE)
def test_nothing_is_inline(what: str):
    found = source_tree.faults(
        source_tree.templates(), lambda path: re.findall(INLINE[what], source(path))
    )
    assert found == {}


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        ("a script", "<script>go()</script>"),
        ("a style", '<p style="color: red">'),
        ("a handler", '<p onclick="go()">'),
        ("a handler", '<p hx-on:click="go()">'),
        ("an expression for htmx", '<p hx-trigger="click[ctrlKey]">'),
    ],
)
def test_what_is_inline_is_seen(what: str, fault: str):
    assert re.search(INLINE[what], fault)


def test_an_address_comes_from_the_map():
    assert source_tree.faults(source_tree.templates(), written_out) == {}


def written_out(path: Path) -> list[str]:
    """The addresses of a template that stand there letter by letter."""
    addresses = ["".join(each) for each in ADDRESS.findall(source(path))]
    return [each for each in addresses if not each.startswith(("{{", "#"))]


def test_an_address_that_is_written_out_is_seen():
    assert ADDRESS.findall('<a href="/people">') == [("/people", "", "")]


def test_every_door_that_a_template_names_is_there(app: Flask):
    doors = {rule.endpoint for rule in app.url_map.iter_rules()}
    for path in source_tree.templates():
        named = {call[0] for call in source_tree.template_calls(path, "url_for") if call[0]}
        assert named <= doors, source_tree.name(path)


def test_every_template_is_used():
    python = "\n".join(path.read_text() for path in source_tree.code())
    used = set(re.findall(r"\"([\w/]+\.html)\"", python))
    told = re.findall(
        r"\brender\(\"(\w+)\"", (source_tree.HOUSE / "live/broadcasts.py").read_text()
    )
    used |= {f"broadcasts/{name}.html" for name in told}
    for path in source_tree.templates():
        used |= set(re.findall(r"[\"']([\w/]+\.html)[\"']", path.read_text()))
    there = {str(path.relative_to(source_tree.TEMPLATES)) for path in source_tree.templates()}
    assert there == used


def test_every_icon_is_used_and_every_used_one_is_there():
    drawn = set(
        re.findall(r"<symbol id=\"([\w-]+)\"", (source_tree.STATIC / "icons.svg").read_text())
    )
    texts: set[str] = set()
    named: set[str | None] = set()
    for path in source_tree.templates():
        texts |= {
            str(each.value) for each in source_tree.parsed_template(path).find_all(nodes.Const)
        }
        named |= {call[0] for call in source_tree.template_calls(path, "icon")}
        named |= {call[2] for call in source_tree.template_calls(path, "empty") if len(call) > 2}
    assert named - {None} <= drawn
    assert drawn <= texts
