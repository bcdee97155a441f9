"""The `linkmsg` command."""

import pytest
from click.testing import CliRunner, Result

from linkmsg import serving
from linkmsg.cli import main
from tests.people import Person, attach
from tests.support.instances import app_in

ANA = ("--email", "ana@example.com", "--name", "Ana Ruiz", "--password", "a quiet harbour")
BO = ("--email", "bo@example.com", "--name", "Bo Lindqvist", "--password", "a loud harbour")


@pytest.fixture
def linkmsg(tmp_path):
    """Return a function that runs the command in a new data folder."""

    def run(*arguments: str, stdin: str | None = None, **settings: str) -> Result:
        environment = {"LINKMSG_DATA_DIR": str(tmp_path / "data"), **settings}
        return CliRunner().invoke(main, arguments, input=stdin, env=environment)

    return run


def error_of(result: Result) -> str:
    """Return the error message, which is the only output, on stderr."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_member_add_prepares_the_folder_and_adds(linkmsg):
    added = linkmsg("member", "add", *ANA, "--admin")
    assert added.stdout == "Ana Ruiz can sign in as ana@example.com.\n"
    linkmsg("member", "add", *BO)
    assert linkmsg("member", "list").stdout == (
        "ana@example.com\tAna Ruiz\tadmin\nbo@example.com\tBo Lindqvist\tmember\n"
    )


def test_password_is_read_from_stdin_or_a_prompt(linkmsg):
    piped = linkmsg("member", "add", *ANA[:4], "--password-stdin", stdin="a quiet harbour\n")
    assert piped.exit_code == 0
    prompted = linkmsg("member", "add", *BO[:4], stdin="a loud harbour\na loud harbour\n")
    assert prompted.exit_code == 0
    assert "harbour" not in prompted.output


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--email", "ana"), "ana is not a valid email address."),
        (("--name", " "), "Enter a name."),
        (("--name", "Ana\u202e"), "changes the text direction"),
        (("--name", "A" * 81), "too long"),
        (("--password", "short"), "This has 5 characters. Use 10 or more."),
        (("--password", "x" * 1025), "A password can have 1,024 characters"),
        (("--password", "ANA@example.com"), "This is your email address."),
    ],
)
def test_member_add_refuses_invalid_values(linkmsg, options, message):
    assert message in error_of(linkmsg("member", "add", *ANA, *options))
    assert linkmsg("member", "list").stdout == ""


def test_member_add_refuses_a_used_address(linkmsg):
    linkmsg("member", "add", *ANA)
    assert "already" in error_of(linkmsg("member", "add", *ANA))


def test_reset_password_reports_the_member(linkmsg):
    linkmsg("member", "add", *ANA)
    result = linkmsg("member", "reset-password", "Ana@Example.com", "--password", "another harbour")
    assert result.stdout == "Ana Ruiz has a new password and is signed out everywhere.\n"


def test_reset_password_refuses_what_others_know(linkmsg):
    ana = ("--email", "ana@example.com", "--name", "Ana Ruiz Soler")
    linkmsg("member", "add", *ana, "--password", "a quiet harbour")
    for known in ("Ana Ruiz Soler", "ana-ruiz-soler", "ana@example.com"):
        result = linkmsg("member", "reset-password", "ana@example.com", "--password", known)
        assert "This is your" in error_of(result)


def test_account_is_disabled_and_enabled(linkmsg):
    linkmsg("member", "add", *ANA)
    linkmsg("member", "disable", "ana@example.com")
    assert linkmsg("member", "list").stdout.endswith("\tdisabled\n")
    linkmsg("member", "enable", "ana@example.com")
    assert linkmsg("member", "list").stdout.endswith("\tmember\n")


def test_admins_are_made_and_removed(linkmsg):
    linkmsg("member", "add", *ANA)
    linkmsg("member", "add", *BO, "--admin")
    assert linkmsg("member", "make-admin", "ana@example.com").stdout == "Ana Ruiz is an admin.\n"
    result = linkmsg("member", "remove-admin", "bo@example.com")
    assert result.stdout == "Bo Lindqvist is no longer an admin.\n"
    for command in ("remove-admin", "disable"):
        assert "the only administrator" in error_of(linkmsg("member", command, "ana@example.com"))


def test_connect_refuses_the_same_member(linkmsg):
    linkmsg("member", "add", *ANA)
    linkmsg("member", "add", *BO)
    result = linkmsg("connect", "ana@example.com", "bo@example.com")
    assert result.stdout == "Ana Ruiz and Bo Lindqvist are connected.\n"
    assert linkmsg("connect", "bo@example.com", "ana@example.com").exit_code == 0
    assert "themselves" in error_of(linkmsg("connect", "ana@example.com", "ana@example.com"))


@pytest.mark.parametrize(
    "command",
    [
        ("member", "disable", "cy@example.com"),
        ("member", "enable", "cy@example.com"),
        ("member", "reset-password", "cy@example.com", "--password", "another harbour"),
        ("connect", "cy@example.com", "dee@example.com"),
    ],
)
def test_unknown_address_is_reported(linkmsg, command):
    assert error_of(linkmsg(*command)) == "Error: No member has the email address cy@example.com.\n"


def test_invalid_or_unknown_setting_is_reported(linkmsg):
    assert "LINKMSG_PORT must be a whole number" in error_of(linkmsg("run", LINKMSG_PORT="http"))
    assert "LINKMSG_PROT is not a setting" in error_of(linkmsg("run", LINKMSG_PROT="8000"))


def test_db_upgrade_creates_the_database(linkmsg, tmp_path):
    assert linkmsg("db", "upgrade").stdout == "The database is up to date.\n"
    assert (tmp_path / "data" / "linkmsg.sqlite").exists()


def test_demo_is_loaded_once(linkmsg, tmp_path):
    assert linkmsg("demo", "--no-serve").stdout.count("@") == 12
    assert not (tmp_path / "data" / "setup-token").exists()
    members = linkmsg("member", "list").stdout
    assert members.count("\n") == 12
    assert linkmsg("demo", "--no-serve").exit_code == 0
    assert linkmsg("member", "list").stdout == members


def test_demo_refuses_a_folder_with_real_members(linkmsg):
    linkmsg("member", "add", *ANA)
    error_of(linkmsg("demo", "--no-serve"))
    assert linkmsg("member", "list").stdout.count("\n") == 1


def test_doctor_reports_a_missing_file(linkmsg, tmp_path):
    linkmsg("member", "add", *ANA)
    with app_in(tmp_path / "data") as app:
        serving.prepare_instance(app)
        key = attach(Person(app, 1, "Ana Ruiz", "ana@example.com", "ana-ruiz"))
    assert linkmsg("doctor").stdout == "No files are missing.\n"
    next(tmp_path.glob(f"data/blobs/??/{key}")).unlink()
    report = linkmsg("doctor")
    assert report.exit_code == 1
    assert report.stdout.startswith("plan.txt is missing: not sent yet, ")
