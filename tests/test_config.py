"""Settings: unknown names and invalid values are refused with a sentence."""

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from linkmsg import create_app
from linkmsg.config import ConfigError, Settings, from_environment


def error_of(**environment):
    with pytest.raises(ConfigError) as error:
        from_environment(environment)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_settings_have_defaults():
    assert from_environment({}) == Settings()


def test_other_variables_are_ignored():
    environment = {"PATH": "/bin", "LINK": "x", "MY_LINKMSG_PORT": "x", "linkmsg_port": "x"}
    assert from_environment(environment) == Settings()


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
def test_unknown_setting_is_refused_by_name(name):
    assert error_of(**{name: "8000"}).startswith(f"{name} is not a setting of linkmsg.")


@pytest.mark.parametrize(
    ("name", "value", "message"),
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
        ("BASE_URL", "messages.example.com", "a URL such as https://"),
        ("BASE_URL", "https://example.com/messages", "without a path"),
        ("BASE_URL", "https://example.com/?a=b", "without a path"),
        ("BASE_URL", "https://example.com#top", "without a path"),
        ("BASE_URL", "https://[::1", "a URL such as https://"),
        ("BASE_URL", "https://example.com:port", "a URL such as https://"),
        ("BASE_URL", "ftp://example.com", "a URL such as https://"),
        ("DATABASE_URL", "mysql://ana@localhost/linkmsg", "a sqlite or postgresql URL"),
        ("DATABASE_URL", "linkmsg.sqlite", "a URL such as postgresql://"),
        ("DATABASE_URL", "", "a URL such as postgresql://"),
        ("STORAGE_URL", "", "a URL such as s3://"),
        ("STORAGE_URL", "files", "a URL such as s3://"),
        ("STORAGE_URL", "https://s3.example.com/bucket", "a URL such as s3://"),
        ("STORAGE_URL", "s3:///files", "a URL such as s3://"),
        ("STORAGE_URL", "s3://ana:secret@bucket", "a URL such as s3://"),
        ("STORAGE_URL", "s3://[bucket", "a URL such as s3://"),
        ("STORAGE_URL", "s3://bucket?region", "a URL such as s3://"),
        ("STORAGE_URL", "s3://bucket?colour=red", "may have only the parameters endpoint"),
        ("STORAGE_URL", "s3://bucket#top", "may have only the parameters endpoint"),
        ("STORAGE_URL", "s3://bucket?endpoint=minio:9000", "has an endpoint, which must be"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "networks separated by commas"),
        ("TRUSTED_PROXIES", "proxy.local", "networks separated by commas"),
        ("SECRET_KEY", "  ", "can't be empty"),
        ("HOST", "", "can't be empty"),
        ("DATA_DIR", "", "can't be empty"),
        ("PASSWORD_MIN", "7", "from 8 to 128"),
        ("INVITATION_LIFE", "0", "from 1 to 120"),
        ("SECURITY_CONTACT", "http://example.com", "an email address or a URL with https"),
        ("SECURITY_CONTACT", "a@b.c\nExpires: never", "an email address"),
    ],
)
def test_invalid_value_is_refused_by_name(name, value, message):
    sentence = error_of(**{f"LINKMSG_{name}": value})
    assert sentence.startswith(f"LINKMSG_{name} ")
    assert message in sentence


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
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
        ("security_contact", " a@example.com ", "mailto:a@example.com"),
        ("security_contact", "mailto:a@example.com", "mailto:a@example.com"),
        ("security_contact", "https://example.com/x", "https://example.com/x"),
    ],
)
def test_valid_value_is_parsed(name, value, parsed):
    assert getattr(from_environment({f"LINKMSG_{name.upper()}": value}), name) == parsed


def test_setting_has_a_description_and_parses_its_default():
    for each in fields(Settings):
        assert each.metadata["description"]
        assert each.metadata["unit"]
        written = str(each.default)
        if each.default not in ("", ()):
            assert each.metadata["parse"](written) == each.default


@pytest.mark.parametrize("name", ["secret_key", "database_url"])
def test_secrets_are_read_from_files(tmp_path, name):
    file = tmp_path / "secret"
    file.write_text("sqlite:///of-the-file\n")
    read = from_environment({f"LINKMSG_{name.upper()}_FILE": str(file)})
    assert getattr(read, name) == "sqlite:///of-the-file"


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe\x00"])
def test_invalid_secret_file_is_refused_by_name(tmp_path, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    assert error_of(LINKMSG_SECRET_KEY_FILE=str(file)).startswith("LINKMSG_SECRET_KEY_FILE ")
    assert error_of(LINKMSG_SECRET_KEY_FILE=str(tmp_path)).startswith("LINKMSG_SECRET_KEY_FILE ")


def test_secret_set_twice_is_refused(tmp_path):
    file = tmp_path / "secret"
    file.write_text("of the file")
    sentence = error_of(LINKMSG_SECRET_KEY="of the name", LINKMSG_SECRET_KEY_FILE=str(file))
    assert "LINKMSG_SECRET_KEY" in sentence


def test_secret_is_configured_or_stored_or_random(tmp_path):
    without_key = Settings(data_dir=tmp_path)
    assert without_key.secret() != without_key.secret()
    without_key.secret_file.write_text("stored\n")
    assert without_key.secret() == "stored"
    assert Settings(data_dir=tmp_path, secret_key="set").secret() == "set"


def test_cookies_are_secure_with_an_https_base_url(tmp_path):
    def cookie(base_url):
        made = create_app(Settings(data_dir=tmp_path, base_url=base_url), prepared=True)
        return made.config["SESSION_COOKIE_NAME"], made.config["SESSION_COOKIE_SECURE"]

    assert cookie("") == ("session", False)
    assert cookie("https://messages.example.com") == ("__Host-session", True)


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("https://talk.example.com", "https://talk.example.com"),
        (" HTTPS://Talk.Example.com:443/ ", "https://talk.example.com"),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("http://[2001:DB8::1]:8000/", "http://[2001:db8::1]:8000"),
        ("https://b\u00fccher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_site_url_is_what_browsers_send_as_origin(raw, normalized):
    assert from_environment({"LINKMSG_BASE_URL": raw}).base_url == normalized
