"""Settings: an unknown name or a value that can't be used is refused in a sentence."""

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from linkmsg import create_app
from linkmsg.config import ConfigError, Settings, from_environment


def refusal(**environment):
    with pytest.raises(ConfigError) as fault:
        from_environment(environment)
    sentence = str(fault.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_without_settings_all_are_the_defaults():
    assert from_environment({}) == Settings()


def test_what_is_not_ours_is_left_alone():
    given = {"PATH": "/bin", "LINK": "x", "MY_LINKMSG_PORT": "x", "linkmsg_port": "x"}
    assert from_environment(given) == Settings()


@pytest.mark.parametrize(
    "name",
    [
        "LINKMSG_PROT",
        "LINKMSG_",
        "LINKMSG_port",
        "LINKMSG_DATABASE_URL_FILE_FILE",
        "LINKMSG_PORT_FILE",
        "LINKMSG_HTTPS",
    ],
)
def test_an_unknown_name_is_refused(name):
    assert refusal(**{name: "8000"}).startswith(f"{name} is no setting of linkmsg.")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "", "a whole number from 1 to 65535"),
        ("PORT", "-1", "a whole number from 1 to 65535"),
        ("PORT", "80.5", "a whole number from 1 to 65535"),
        ("PORT", "²", "a whole number from 1 to 65535"),
        ("REGISTRATION", "Open", "must be one of open, invite, closed"),
        ("TIMEZONE", "Europe/Malmo", "a time zone"),
        ("BASE_URL", "messages.example.com", "an address such as https://"),
        ("BASE_URL", "https://example.com/messages", "no path"),
        ("BASE_URL", "https://example.com/?a=b", "no path"),
        ("BASE_URL", "https://example.com#top", "no path"),
        ("BASE_URL", "https://[::1", "an address such as https://"),
        ("BASE_URL", "https://example.com:port", "an address such as https://"),
        ("BASE_URL", "ftp://example.com", "an address such as https://"),
        ("DATABASE_URL", "mysql://ana@localhost/linkmsg", "a sqlite or postgresql address"),
        ("DATABASE_URL", "linkmsg.sqlite", "an address such as postgresql://"),
        ("DATABASE_URL", "", "an address such as postgresql://"),
        ("STORAGE_URL", "", "an address such as s3://"),
        ("STORAGE_URL", "files", "an address such as s3://"),
        ("STORAGE_URL", "https://s3.example.com/bucket", "an address such as s3://"),
        ("STORAGE_URL", "s3:///files", "an address such as s3://"),
        ("STORAGE_URL", "s3://ana:secret@bucket", "an address such as s3://"),
        ("STORAGE_URL", "s3://[bucket", "an address such as s3://"),
        ("STORAGE_URL", "s3://bucket?region", "an address such as s3://"),
        ("STORAGE_URL", "s3://bucket?colour=red", "may say endpoint, region, access_key_id"),
        ("STORAGE_URL", "s3://bucket#top", "may say endpoint, region, access_key_id"),
        ("STORAGE_URL", "s3://bucket?endpoint=minio:9000", "has an endpoint, which must be"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "networks with commas between"),
        ("TRUSTED_PROXIES", "proxy.local", "networks with commas between"),
        ("SECRET_KEY", "  ", "can't be empty"),
        ("HOST", "", "can't be empty"),
        ("DATA_DIR", "", "can't be empty"),
        ("PASSWORD_MIN", "7", "from 8 to 128"),
        ("INVITATION_LIFE", "0", "from 1 to 120"),
    ],
)
def test_a_value_that_can_not_be_used_is_refused_by_its_name(name, value, says):
    sentence = refusal(**{f"LINKMSG_{name}": value})
    assert sentence.startswith(f"LINKMSG_{name} ")
    assert says in sentence


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("port", " 8080 ", 8080),
        ("registration", "open", "open"),
        ("timezone", "Europe/Stockholm", "Europe/Stockholm"),
        ("base_url", "https://messages.example.com/", "https://messages.example.com"),
        ("base_url", "http://localhost:8000", "http://localhost:8000"),
        ("database_url", "postgres://ana:pw@db/linkmsg", "postgresql+psycopg://ana:pw@db/linkmsg"),
        ("database_url", "postgresql://db/linkmsg", "postgresql+psycopg://db/linkmsg"),
        ("database_url", "sqlite:////data/l.sqlite", "sqlite:////data/l.sqlite"),
        ("storage_url", " s3://files ", "s3://files"),
        (
            "storage_url",
            "s3://files/ours?endpoint=http://localhost:9000&secret_access_key=a+b/c%3D",
            "s3://files/ours?endpoint=http://localhost:9000&secret_access_key=a+b/c%3D",
        ),
        ("data_dir", "/data", Path("/data")),
        ("trusted_proxies", "", ()),
        (
            "trusted_proxies",
            "127.0.0.1, fd00::/8",
            (ip_network("127.0.0.1/32"), ip_network("fd00::/8")),
        ),
        ("message_max", "100000", 100_000),
    ],
)
def test_a_value_is_read(name, value, kept):
    assert getattr(from_environment({f"LINKMSG_{name.upper()}": value}), name) == kept


def test_every_setting_says_what_it_is_and_reads_its_own_default():
    for each in fields(Settings):
        assert each.metadata["description"]
        assert each.metadata["unit"]
        written = str(each.default)
        if each.default not in ("", ()):
            assert each.metadata["parse"](written) == each.default


@pytest.mark.parametrize("name", ["secret_key", "database_url"])
def test_secrets_come_from_files_too(tmp_path, name):
    file = tmp_path / "secret"
    file.write_text("sqlite:///of-the-file\n")
    given = from_environment({f"LINKMSG_{name.upper()}_FILE": str(file)})
    assert getattr(given, name) == "sqlite:///of-the-file"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_a_secret_file_that_can_not_be_used_is_refused_by_its_name(tmp_path, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    assert refusal(LINKMSG_SECRET_KEY_FILE=str(file)).startswith("LINKMSG_SECRET_KEY_FILE ")
    assert refusal(LINKMSG_SECRET_KEY_FILE=str(tmp_path)).startswith("LINKMSG_SECRET_KEY_FILE ")


def test_a_secret_set_twice_is_refused(tmp_path):
    file = tmp_path / "secret"
    file.write_text("of the file")
    sentence = refusal(LINKMSG_SECRET_KEY="of the name", LINKMSG_SECRET_KEY_FILE=str(file))
    assert "LINKMSG_SECRET_KEY" in sentence


def test_the_secret_is_the_one_set_else_the_one_kept_else_nobodys(tmp_path):
    kept = Settings(data_dir=tmp_path)
    assert kept.secret() != kept.secret()
    kept.secret_file.write_text("kept\n")
    assert kept.secret() == "kept"
    assert Settings(data_dir=tmp_path, secret_key="set").secret() == "set"


def test_cookies_are_for_https_only_where_people_come_by_https(tmp_path):
    def cookie(base_url):
        made = create_app(Settings(data_dir=tmp_path, base_url=base_url), prepared=True)
        return made.config["SESSION_COOKIE_NAME"], made.config["SESSION_COOKIE_SECURE"]

    assert cookie("") == ("session", False)
    assert cookie("https://messages.example.com") == ("__Host-session", True)
