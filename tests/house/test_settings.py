"""Every setting is explained, and nothing else passes for one."""

import dataclasses
import re
from typing import Any

import pytest

from linkmsg.config import PREFIX, SECRETS, ConfigError, Settings, from_environment
from tests.support import source_tree

FIELDS = dataclasses.fields(Settings)


def variable(field: dataclasses.Field[Any]) -> str:
    """The setting's name in the environment."""
    return f"{PREFIX}{field.name.upper()}"


SELF_HOSTING = source_tree.ROOT / "docs" / "self-hosting.md"


def table_rows() -> dict[str, str]:
    """Return the rows of the table of settings, by the setting's name."""
    lines = SELF_HOSTING.read_text().splitlines()
    rows = (re.match(rf"\| *`({PREFIX}[A-Z_]+)`.*", line) for line in lines)
    return {row[1]: row[0] for row in rows if row}


def test_every_setting_is_in_the_table_of_settings():
    rows = table_rows()
    lines = {variable(field): field.metadata["line"] for field in FIELDS}
    assert [name for name, line in lines.items() if line not in rows.get(name, "")] == []


def test_every_setting_has_a_unit_and_a_line():
    assert [
        variable(field)
        for field in FIELDS
        if not field.metadata["unit"] or len(field.metadata["line"]) <= 10
    ] == []


def test_every_default_can_be_said_in_the_environment():
    defaults = {field.name: field.default for field in FIELDS if field.default}
    said = {f"{PREFIX}{name.upper()}": str(default) for name, default in defaults.items()}
    read = from_environment(said)
    assert {name: getattr(read, name) for name in defaults} == defaults


def test_docs_name_no_unknown_setting():
    known = {variable(field) for field in FIELDS}
    known |= {f"{PREFIX}{each.upper()}_FILE" for each in SECRETS}
    documents = [source_tree.ROOT / "README.md", *(source_tree.ROOT / "docs").glob("*.md")]
    texts = "\n".join(path.read_text() for path in documents)
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", texts))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", ["LINKMSG_COLOUR", "LINKMSG_", "LINKMSG_PORT_FILE"])
def test_an_unknown_setting_refuses_to_boot(name: str):
    with pytest.raises(ConfigError, match=f"{name} is no setting of linkmsg"):
        from_environment({name: "1"})
