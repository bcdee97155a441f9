"""Templates: partials are pure, nothing is inline, and URLs come from `url_for`."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta, nodes

from tests.support import source_tree

# The functions that a partial may use besides its arguments.
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
    """Return a template without its comments and statements."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}", "", source_tree.text(path), flags=re.DOTALL)


def macro(path: Path) -> nodes.Macro:
    """Return the macro that a partial is named after."""
    macros = source_tree.parse_template(path).find_all(nodes.Macro)
    return next(each for each in macros if each.name == path.stem.removeprefix("_"))


def test_first_line_of_a_partial_declares_its_inputs():
    """The format is {# row(row, viewer): what each is #}."""
    assert source_tree.violations(source_tree.partials(), wrong_first_line) == {}


def wrong_first_line(path: Path) -> str:
    """Return the first line of a partial if it does not declare the inputs of the macro."""
    first = source_tree.text(path).splitlines()[0]
    declaration = INPUTS.fullmatch(first)
    if declaration is None or declaration["name"] != path.stem.removeprefix("_"):
        return first
    named = [
        each.strip() for each in declaration["args"].split(",") if each.strip() not in {"", "…"}
    ]
    return "" if named == [arg.name for arg in macro(path).args] else first


def test_partials_use_only_their_inputs():
    assert source_tree.violations(source_tree.partials(), undeclared_names) == {}


def undeclared_names(path: Path) -> set[str]:
    """Return the ambient names that a partial uses or shadows."""
    template = source_tree.parse_template(path)
    assigned = {each.name for each in template.find_all(nodes.Name) if each.ctx == "store"}
    return meta.find_undeclared_variables(template) - assigned - PURE | assigned & AMBIENT


def test_templates_import_partials_without_context():
    assert source_tree.violations(source_tree.templates(), imports_with_context) == {}


def imports_with_context(path: Path) -> list[nodes.Node]:
    """Return the imports and includes of a template that share its context."""
    template = source_tree.parse_template(path)
    imports = template.find_all((nodes.FromImport, nodes.Import))
    return [each for each in imports if each.with_context] + [*template.find_all(nodes.Include)]


@pytest.mark.parametrize("kind", INLINE)
def test_nothing_is_inline(kind: str):
    inline = source_tree.violations(
        source_tree.templates(), lambda path: re.findall(INLINE[kind], source(path))
    )
    assert inline == {}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("a script", "<script>go()</script>"),
        ("a style", '<p style="color: red">'),
        ("a handler", '<p onclick="go()">'),
        ("a handler", '<p hx-on:click="go()">'),
        ("an expression for htmx", '<p hx-trigger="click[ctrlKey]">'),
    ],
)
def test_check_recognizes_inline_code(kind: str, code: str):
    assert re.search(INLINE[kind], code)


def test_urls_come_from_url_for():
    assert source_tree.violations(source_tree.templates(), literal_urls) == {}


def literal_urls(path: Path) -> list[str]:
    """Return the URLs that are literal in a template."""
    addresses = ["".join(each) for each in ADDRESS.findall(source(path))]
    return [each for each in addresses if not each.startswith(("{{", "#"))]


def test_check_recognizes_literal_urls():
    assert ADDRESS.findall('<a href="/people">') == [("/people", "", "")]


def test_endpoints_in_templates_exist(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for path in source_tree.templates():
        named = {call[0] for call in source_tree.template_calls(path, "url_for") if call[0]}
        assert named <= endpoints, source_tree.relative_path(path)


def test_every_template_is_used():
    python = "\n".join(source_tree.text(path) for path in source_tree.python_files())
    used = set(re.findall(r"\"([\w/]+\.html)\"", python))
    rendered = re.findall(
        r"\brender\(\"(\w+)\"", (source_tree.PACKAGE / "live/broadcasts.py").read_text()
    )
    used |= {f"broadcasts/{name}.html" for name in rendered}
    for path in source_tree.templates():
        used |= set(re.findall(r"[\"']([\w/]+\.html)[\"']", source_tree.text(path)))
    there = {str(path.relative_to(source_tree.TEMPLATES)) for path in source_tree.templates()}
    assert there == used


def test_every_icon_is_defined_and_used():
    drawn = set(
        re.findall(r"<symbol id=\"([\w-]+)\"", (source_tree.STATIC / "icons.svg").read_text())
    )
    texts: set[str] = set()
    named: set[str | None] = set()
    for path in source_tree.templates():
        texts |= {
            str(each.value) for each in source_tree.parse_template(path).find_all(nodes.Const)
        }
        named |= {call[0] for call in source_tree.template_calls(path, "icon")}
        named |= {call[2] for call in source_tree.template_calls(path, "empty") if len(call) > 2}
    assert named - {None} <= drawn
    assert drawn <= texts
