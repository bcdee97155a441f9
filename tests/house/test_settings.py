"""Every setting is documented, and no other name is accepted."""

import dataclasses
import re
from typing import Any

import pytest

from linkmsg.config import PREFIX, SECRETS, ConfigError, Settings, from_environment
from tests.support import source_tree

FIELDS = dataclasses.fields(Settings)


def variable(field: dataclasses.Field[Any]) -> str:
    """Return the name of a setting in the environment."""
    return f"{PREFIX}{field.name.upper()}"


SELF_HOSTING = source_tree.ROOT / "docs" / "self-hosting.md"


def table_rows() -> dict[str, str]:
    """Return the rows of the table of settings, by the setting's name."""
    lines = source_tree.text(SELF_HOSTING).splitlines()
    rows = (re.match(rf"\| *`({PREFIX}[A-Z_]+)`.*", line) for line in lines)
    return {row[1]: row[0] for row in rows if row}


def test_every_setting_is_in_the_table_of_settings():
    rows = table_rows()
    lines = {variable(field): field.metadata["description"] for field in FIELDS}
    assert [name for name, line in lines.items() if line not in rows.get(name, "")] == []


def test_every_setting_has_a_unit_and_a_description():
    assert [
        variable(field)
        for field in FIELDS
        if not field.metadata["unit"] or len(field.metadata["description"]) <= 10
    ] == []


def test_defaults_can_be_set_in_the_environment():
    defaults = {field.name: field.default for field in FIELDS if field.default}
    environment = {f"{PREFIX}{name.upper()}": str(default) for name, default in defaults.items()}
    read = from_environment(environment)
    assert {name: getattr(read, name) for name in defaults} == defaults


def test_docs_name_no_unknown_setting():
    known = {variable(field) for field in FIELDS}
    known |= {f"{PREFIX}{each.upper()}_FILE" for each in SECRETS}
    documents = [source_tree.ROOT / "README.md", *(source_tree.ROOT / "docs").glob("*.md")]
    texts = "\n".join(source_tree.text(path) for path in documents)
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", texts))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", ["LINKMSG_COLOUR", "LINKMSG_", "LINKMSG_PORT_FILE"])
def test_unknown_setting_is_refused(name: str):
    with pytest.raises(ConfigError, match=f"{name} is not a setting of linkmsg"):
        from_environment({name: "1"})
