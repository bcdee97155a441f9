"""All settings, from LINKMSG_* environment variables; linkmsg won't start if one is invalid."""

import dataclasses
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from flask import current_app
from werkzeug.local import LocalProxy

from linkmsg.config_urls import (
    parse_bucket_url,
    parse_contact,
    parse_database_url,
    parse_site_url,
)
from linkmsg.config_values import (
    Network,
    choice,
    folder,
    integer,
    networks,
    text,
    time_zone,
)

PREFIX = "LINKMSG_"
SECRETS = ("secret_key", "database_url", "storage_url")
# The languages that Whoosh has a Snowball stemmer for.
LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv")


class ConfigError(SystemExit):
    """Raised if a setting is invalid or unknown; the message is a sentence for the administrator.

    It is a SystemExit: uncaught, it ends the process with that sentence and status 1, without a
    traceback.
    """


def setting(default: Any, parse: Callable[[str], Any], unit: str, description: str) -> Any:
    """Return a dataclass field of Settings.

    `parse` turns the text of the environment variable into the value, or raises ValueError.
    `unit` and `description` are for the documentation.
    """
    return field(
        default=default, metadata={"parse": parse, "unit": unit, "description": description}
    )


@dataclass(frozen=True)
class Settings:
    """The settings of an installation; `port` is read from LINKMSG_PORT, and so on."""

    data_dir: Path = setting(Path("instance"), folder, "folder", "where all data is stored")
    database_url: str = setting(
        "", parse_database_url, "URL", "the database; by default SQLite in the data folder"
    )
    storage_url: str = setting(
        "", parse_bucket_url, "URL", "an S3 bucket for files; by default the data folder"
    )
    base_url: str = setting("", parse_site_url, "URL", "the public address, behind a proxy")
    secret_key: str = setting(
        "", text, "text", "signs session cookies; by default generated into the data folder"
    )
    host: str = setting("127.0.0.1", text, "address", "the address to listen on")
    port: int = setting(8000, integer(1, 65535), "port", "the port to listen on")
    threads: int = setting(
        16, integer(2, 10_000), "threads", "requests that are handled at the same time"
    )
    sockets: int = setting(
        1000, integer(0, 20_000), "tabs", "connected at the same time; further tabs poll"
    )
    member_sockets: int = setting(
        20,
        integer(1, 20_000),
        "tabs",
        "of a member connected at the same time; the longest connected then polls",
    )
    presence_grace: int = setting(
        30,
        integer(0, 3600),
        "seconds",
        "a member counts as online this long after their last activity",
    )
    trusted_proxies: tuple[Network, ...] = setting(
        (), networks, "networks", "proxies whose X-Forwarded-* headers are trusted"
    )
    registration: str = setting(
        "",
        choice("open", "invite", "closed"),
        "mode",
        "who may sign up: everybody (open), by invite link (invite), nobody (closed); by default "
        "what admins choose, at first invite",
    )
    language: str = setting(
        "en", choice(*LANGUAGES), "ISO 639-1", "the language whose word forms search knows"
    )
    timezone: str = setting(
        "UTC", time_zone, "IANA name", "the time zone of members who have not chosen one"
    )
    security_contact: str = setting(
        "", parse_contact, "address", "for reports of security problems: an email address or a URL"
    )

    password_min: int = setting(10, integer(8, 128), "characters", "minimum length of a password")
    session_idle: int = setting(30, integer(1, 3650), "days", "until an unused session expires")
    session_life: int = setting(180, integer(1, 3650), "days", "until any session expires")
    handle_keep: int = setting(90, integer(0, 3650), "days", "an old handle keeps redirecting")
    message_max: int = setting(
        8000, integer(1, 100_000), "characters", "maximum length of a message"
    )
    quota: int = setting(2048, integer(1, 100_000_000), "MiB", "storage for files, per member")
    disk_reserve: int = setting(
        500, integer(0, 1_000_000), "MB", "free disk space below which uploads are refused"
    )
    note_max: int = setting(
        300, integer(1, 8000), "characters", "maximum length of an invitation's note"
    )
    withdrawn_wait: int = setting(
        21, integer(0, 3650), "days", "wait before inviting again after withdrawing"
    )
    invitation_life: int = setting(
        6, integer(1, 120), "months", "until an unanswered invitation expires"
    )
    invite_link_life: int = setting(
        7, integer(1, 365), "days", "suggested lifetime of an invite link"
    )

    sign_in_failures: int = setting(
        5, integer(1, 1000), "in 15 minutes", "failed sign-ins before a wait"
    )
    account_failures: int = setting(
        20,
        integer(1, 100_000),
        "in 15 minutes",
        "failed sign-ins per account, on devices that are new to it, before a wait",
    )
    address_failures: int = setting(
        100, integer(1, 100_000), "in 15 minutes", "failed sign-ins per IP address"
    )
    address_failures_burst: int = setting(
        30, integer(1, 100_000), "per minute", "failed sign-ins per IP address"
    )
    sign_ups_hourly: int = setting(
        10, integer(1, 100_000), "per hour", "sign-ups without an invite link per IP address"
    )
    invited_sign_ups_hourly: int = setting(
        600, integer(1, 100_000), "per hour", "sign-ups by invite link per IP address"
    )
    invited_sign_ups_burst: int = setting(
        20, integer(1, 100_000), "in 10 seconds", "sign-ups by invite link per IP address"
    )
    actions_minutely: int = setting(
        120, integer(1, 100_000), "per minute", "other forms per member, or signed out per address"
    )
    signals_minutely: int = setting(
        240, integer(1, 100_000), "per minute", "what pages send by themselves, per member"
    )
    socket_openings_minutely: int = setting(
        120, integer(1, 100_000), "per minute", "tabs that connect, per member"
    )
    messages_minutely: int = setting(60, integer(1, 100_000), "per minute", "messages per member")
    invitations_daily: int = setting(50, integer(1, 100_000), "per day", "invitations per member")
    invitations_weekly: int = setting(
        100, integer(1, 100_000), "per week", "invitations per member"
    )
    uploads: int = setting(60, integer(1, 100_000), "in 3 minutes", "uploads per member")
    searches_burst: int = setting(
        60, integer(1, 100_000), "searches", "at once per member, before the rate applies"
    )
    searches_pace: int = setting(2, integer(1, 100_000), "per second", "searches per member")

    @property
    def database_address(self) -> str:
        """Return the URL of the database: the configured one, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'linkmsg.sqlite'}"

    @property
    def https(self) -> bool:
        """Return whether `base_url`, the address that people use, begins with https."""
        return self.base_url.startswith("https://")

    @property
    def secret_file(self) -> Path:
        """Return the path of the file with the generated key, which signs session cookies."""
        return self.data_dir / "secret-key"

    @property
    def search_folder(self) -> Path:
        """Return the path of the folder with the search index."""
        return self.data_dir / "search"

    @property
    def setup_token_file(self) -> Path:
        """Return the path of the file with the token for /setup; gone after the first account."""
        return self.data_dir / "setup-token"

    def secret(self) -> str:
        """Return the key that signs session cookies: from the settings, else from `secret_file`.

        If there is neither, return a new random key each time, and store it nowhere.
        """
        if self.secret_key:
            return self.secret_key
        if self.secret_file.exists():
            return self.secret_file.read_text().strip()
        return secrets.token_hex(32)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings from LINKMSG_* variables; those that are missing have their defaults.

    Secrets can also be in a file that a variable names, such as LINKMSG_SECRET_KEY_FILE.

    Raises:
        ConfigError: a variable is unknown or its value is invalid.
    """
    fields = {PREFIX + each.name.upper(): each for each in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        known = fields.get(name) or fields.get(name.removesuffix("_FILE"))
        if known is None or (name not in fields and known.name not in SECRETS):
            raise ConfigError(f"{name} is not a setting of linkmsg. See docs/self-hosting.md.")
        if known.name in values:
            raise ConfigError(
                f"{name} and {name.removesuffix('_FILE')} are both set. Keep one of them."
            )
        raw = environment[name] if name in fields else _read_file(name, environment[name])
        try:
            values[known.name] = known.metadata["parse"](raw)
        except ValueError as error:
            raise ConfigError(f"{name} {error}.") from None
    return Settings(**values)


def _read_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{name} names the file {path}, which can't be read as text.") from None


settings = cast(Settings, LocalProxy(lambda: current_app.extensions["linkmsg"]))
