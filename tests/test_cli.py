"""The `linkmsg` command."""

import pytest
from click.testing import CliRunner, Result

from linkmsg import serving
from linkmsg.cli import main
from tests.people import Person, attach
from tests.support.booting import app_in

ANA = ("--email", "ana@example.com", "--name", "Ana Ruiz", "--password", "a quiet harbour")
BO = ("--email", "bo@example.com", "--name", "Bo Lindqvist", "--password", "a loud harbour")


@pytest.fixture
def linkmsg(tmp_path):
    """Run the command on a data directory of its own."""

    def run(*arguments: str, typed: str | None = None, **settings: str) -> Result:
        environment = {"LINKMSG_DATA_DIR": str(tmp_path / "data"), **settings}
        return CliRunner().invoke(main, arguments, input=typed, env=environment)

    return run


def refused(result: Result) -> str:
    """The sentence of a refusal, which is all that was said, on stderr."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_member_is_added_on_a_bare_directory_and_listed(linkmsg):
    added = linkmsg("member", "add", *ANA, "--admin")
    assert added.stdout == "Ana Ruiz can sign in as ana@example.com.\n"
    linkmsg("member", "add", *BO)
    assert linkmsg("member", "list").stdout == (
        "ana@example.com\tAna Ruiz\tadmin\nbo@example.com\tBo Lindqvist\tmember\n"
    )


def test_a_password_comes_from_stdin_or_a_prompt(linkmsg):
    stdin = linkmsg("member", "add", *ANA[:4], "--password-stdin", typed="a quiet harbour\n")
    assert stdin.exit_code == 0
    asked = linkmsg("member", "add", *BO[:4], typed="a loud harbour\na loud harbour\n")
    assert asked.exit_code == 0
    assert "harbour" not in asked.output


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (("--email", "ana"), "ana is no mail address."),
        (("--name", " "), "Give a name."),
        (("--name", "Ana\u202e"), "turns the direction"),
        (("--name", "A" * 81), "too long"),
        (("--password", "short"), "This has 5 characters. Use 10 or more."),
        (("--password", "x" * 1025), "A password can have 1,024 characters"),
    ],
)
def test_what_nobody_could_sign_up_with_is_refused(linkmsg, changed, sentence):
    assert sentence in refused(linkmsg("member", "add", *ANA, *changed))
    assert linkmsg("member", "list").stdout == ""


def test_an_address_can_be_used_once(linkmsg):
    linkmsg("member", "add", *ANA)
    assert "already" in refused(linkmsg("member", "add", *ANA))


def test_a_password_is_reset(linkmsg):
    linkmsg("member", "add", *ANA)
    done = linkmsg("member", "reset-password", "Ana@Example.com", "--password", "another harbour")
    assert done.stdout == "Ana Ruiz has another password. Her sessions have ended.\n"


def test_an_account_is_closed_and_opened(linkmsg):
    linkmsg("member", "add", *ANA)
    linkmsg("member", "disable", "ana@example.com")
    assert linkmsg("member", "list").stdout.endswith("\tdisabled\n")
    linkmsg("member", "enable", "ana@example.com")
    assert linkmsg("member", "list").stdout.endswith("\tmember\n")


def test_two_are_connected_and_nobody_to_herself(linkmsg):
    linkmsg("member", "add", *ANA)
    linkmsg("member", "add", *BO)
    done = linkmsg("connect", "ana@example.com", "bo@example.com")
    assert done.stdout == "Ana Ruiz and Bo Lindqvist are connected.\n"
    assert linkmsg("connect", "bo@example.com", "ana@example.com").exit_code == 0
    assert "themselves" in refused(linkmsg("connect", "ana@example.com", "ana@example.com"))


@pytest.mark.parametrize(
    "command",
    [
        ("member", "disable", "cy@example.com"),
        ("member", "enable", "cy@example.com"),
        ("member", "reset-password", "cy@example.com", "--password", "another harbour"),
        ("connect", "cy@example.com", "dee@example.com"),
    ],
)
def test_an_unknown_address_is_a_sentence(linkmsg, command):
    assert refused(linkmsg(*command)) == "Error: Nobody here has the address cy@example.com.\n"


def test_a_bad_or_unknown_setting_is_a_sentence(linkmsg):
    assert "LINKMSG_PORT must be a whole number" in refused(linkmsg("run", LINKMSG_PORT="http"))
    assert "LINKMSG_PROT is no setting" in refused(linkmsg("run", LINKMSG_PROT="8000"))


def test_db_upgrade_makes_the_database(linkmsg, tmp_path):
    assert linkmsg("db", "upgrade").stdout == "The database is up to date.\n"
    assert (tmp_path / "data" / "linkmsg.sqlite").exists()


def test_the_demo_is_loaded_once(linkmsg, tmp_path):
    assert linkmsg("demo", "--no-serve").stdout.count("@") == 12
    assert not (tmp_path / "data" / "setup-token").exists()
    members = linkmsg("member", "list").stdout
    assert members.count("\n") == 12
    assert linkmsg("demo", "--no-serve").exit_code == 0
    assert linkmsg("member", "list").stdout == members


def test_the_demo_refuses_a_directory_with_real_members(linkmsg):
    linkmsg("member", "add", *ANA)
    refused(linkmsg("demo", "--no-serve"))
    assert linkmsg("member", "list").stdout.count("\n") == 1


def test_doctor_names_a_file_that_is_not_there(linkmsg, tmp_path):
    linkmsg("member", "add", *ANA)
    with app_in(tmp_path / "data") as app:
        serving.prepare(app)
        key = attach(Person(app, 1, "Ana Ruiz", "ana@example.com", "ana-ruiz"))
    assert linkmsg("doctor").stdout == "All files are there.\n"
    next(tmp_path.glob(f"data/blobs/??/{key}")).unlink()
    lost = linkmsg("doctor")
    assert lost.exit_code == 1
    assert lost.stdout.startswith("plan.txt is not there: not sent yet, ")
