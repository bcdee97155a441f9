"""Every setting is explained, and nothing else passes for one."""

import dataclasses
import re
from typing import Any

import pytest

from linkmsg.config import PREFIX, SECRETS, ConfigError, Settings, from_environment
from tests.house import tree

FIELDS = dataclasses.fields(Settings)


def variable(field: dataclasses.Field[Any]) -> str:
    """The setting's name in the environment."""
    return f"{PREFIX}{field.name.upper()}"


def readme_rows() -> dict[str, str]:
    """The rows of README.md's tables that begin with a setting, by its name."""
    lines = (tree.ROOT / "README.md").read_text().splitlines()
    rows = (re.match(rf"\| *`({PREFIX}[A-Z_]+)`.*", line) for line in lines)
    return {row[1]: row[0] for row in rows if row}


@pytest.mark.parametrize("field", FIELDS, ids=variable)
def test_a_setting_stands_in_the_table_of_the_readme(field: dataclasses.Field[Any]):
    assert field.metadata["line"] in readme_rows().get(variable(field), "")


@pytest.mark.parametrize("field", FIELDS, ids=variable)
def test_a_setting_has_a_unit_and_a_line(field: dataclasses.Field[Any]):
    assert field.metadata["unit"]
    assert len(field.metadata["line"]) > 10


@pytest.mark.parametrize("field", [each for each in FIELDS if each.default], ids=variable)
def test_a_default_can_be_said_in_the_environment(field: dataclasses.Field[Any]):
    read = from_environment({variable(field): str(field.default)})
    assert getattr(read, field.name) == field.default


def test_the_readme_names_no_setting_that_is_none():
    known = {variable(field) for field in FIELDS}
    known |= {f"{PREFIX}{each.upper()}_FILE" for each in SECRETS}
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+[A-Z]\b", (tree.ROOT / "README.md").read_text()))
    assert named
    assert named <= known


@pytest.mark.parametrize("name", ["LINKMSG_COLOUR", "LINKMSG_", "LINKMSG_PORT_FILE"])
def test_an_unknown_setting_refuses_to_boot(name: str):
    with pytest.raises(ConfigError, match=f"{name} is no setting of linkmsg"):
        from_environment({name: "1"})
