"""Every setting: its name, default, unit and one line. A bad or unknown one refuses to boot."""

import dataclasses
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, cast
from zoneinfo import available_timezones

from flask import current_app
from werkzeug.local import LocalProxy

from linkmsg.config_urls import parse_bucket_url, parse_database_url, parse_site_url

PREFIX = "LINKMSG_"
SECRETS = ("secret_key", "database_url", "storage_url")
# Those for which Whoosh has a stemmer of Snowball's.
LANGUAGES = ("da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv")
Network = IPv4Network | IPv6Network


class ConfigError(SystemExit):
    """A setting that can't be used; the text is a sentence for the one who set it.

    Where nobody catches it, the process ends with the sentence and status 1, not with a trace.
    """


def text(raw: str) -> str:
    """Any text that is not empty."""
    if not raw.strip():
        raise ValueError("can't be empty")
    return raw.strip()


def folder(raw: str) -> Path:
    """A folder; it is made when it is not there."""
    return Path(text(raw))


def integer(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`, both included."""

    def read(raw: str) -> int:
        if not raw.strip().isdecimal() or not least <= int(raw) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(raw)

    return read


def choice(*words: str) -> Callable[[str], str]:
    """A reader that takes one of `words`."""

    def read(raw: str) -> str:
        if raw.strip() not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return raw.strip()

    return read


def time_zone(raw: str) -> str:
    """A time zone by its IANA name."""
    if raw.strip() not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Stockholm")
    return raw.strip()


def networks(raw: str) -> tuple[Network, ...]:
    """Networks with commas between, such as 127.0.0.1/32,10.0.0.0/8."""
    try:
        return tuple(ip_network(part.strip()) for part in raw.split(",") if part.strip())
    except ValueError:
        raise ValueError("must be networks with commas between, such as 10.0.0.0/8") from None


def setting(default: Any, parse: Callable[[str], Any], unit: str, description: str) -> Any:
    """A field of Settings: its default, its reader from text, its unit and what it is for."""
    return field(
        default=default, metadata={"parse": parse, "unit": unit, "description": description}
    )


@dataclass(frozen=True)
class Settings:
    """All settings of one instance. Each is read from `LINKMSG_` and its name in capitals."""

    data_dir: Path = setting(Path("instance"), folder, "folder", "where everything is kept")
    database_url: str = setting(
        "", parse_database_url, "address", "the database; SQLite in the data folder"
    )
    storage_url: str = setting(
        "", parse_bucket_url, "address", "the files; a folder in the data folder"
    )
    base_url: str = setting("", parse_site_url, "address", "where people reach it, behind a proxy")
    secret_key: str = setting("", text, "text", "signs sessions; made and kept in the data folder")
    host: str = setting("127.0.0.1", text, "address", "the address to listen on")
    port: int = setting(8000, integer(1, 65535), "port", "the port to listen on")
    threads: int = setting(16, integer(2, 10_000), "threads", "requests answered at once")
    sockets: int = setting(1000, integer(0, 20_000), "tabs", "connected at once; others ask")
    presence_grace: int = setting(
        30, integer(0, 3600), "seconds", "after she looked last, a member counts as here"
    )
    trusted_proxies: tuple[Network, ...] = setting(
        (), networks, "networks", "proxies whose X-Forwarded-* are believed"
    )
    registration: str = setting(
        "invite", choice("open", "invite", "closed"), "word", "who may sign up"
    )
    language: str = setting(
        "en", choice(*LANGUAGES), "ISO 639-1", "whose word forms search takes for one"
    )
    timezone: str = setting("UTC", time_zone, "IANA name", "the zone of who has not chosen one")

    password_min: int = setting(10, integer(8, 128), "characters", "the shortest password")
    session_idle: int = setting(30, integer(1, 3650), "days", "a session unused for so long ends")
    session_life: int = setting(180, integer(1, 3650), "days", "no session lives longer")
    handle_keep: int = setting(90, integer(0, 3650), "days", "an old handle leads on for so long")
    message_max: int = setting(8000, integer(1, 100_000), "characters", "the longest message")
    quota: int = setting(2048, integer(1, 100_000_000), "MiB", "files that one member may keep")
    disk_reserve: int = setting(500, integer(0, 1_000_000), "MB", "kept free: no uploads below it")
    note_max: int = setting(
        300, integer(1, 8000), "characters", "the longest note of an invitation"
    )
    withdrawn_wait: int = setting(21, integer(0, 3650), "days", "after withdrawing, before asking")
    invitation_life: int = setting(6, integer(1, 120), "months", "an unanswered invitation lapses")
    invite_link_life: int = setting(7, integer(1, 365), "days", "an invite link's life as offered")

    sign_in_failures: int = setting(5, integer(1, 1000), "failures", "before a wait, in 15 minutes")
    sign_ups_hourly: int = setting(10, integer(1, 100_000), "an hour", "sign-ups from one address")
    messages_minutely: int = setting(60, integer(1, 100_000), "a minute", "messages of one member")
    invitations_daily: int = setting(50, integer(1, 100_000), "a day", "invitations of one member")
    invitations_weekly: int = setting(100, integer(1, 100_000), "a week", "invitations of a member")
    uploads: int = setting(60, integer(1, 100_000), "in 3 minutes", "files of one member")
    searches_burst: int = setting(60, integer(1, 100_000), "at once", "searches before the pace")
    searches_pace: int = setting(2, integer(1, 100_000), "a second", "searches of one member")

    @property
    def database_address(self) -> str:
        """The database to use: the one that was set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'linkmsg.sqlite'}"

    @property
    def https(self) -> bool:
        """Whether people reach this instance by https."""
        return self.base_url.startswith("https://")

    @property
    def secret_file(self) -> Path:
        """Where the secret is kept when none was set."""
        return self.data_dir / "secret-key"

    @property
    def search_folder(self) -> Path:
        """Where the index of search is kept."""
        return self.data_dir / "search"

    @property
    def setup_token_file(self) -> Path:
        """Where the token for the first set-up is kept, while nobody has an account."""
        return self.data_dir / "setup-token"

    def secret(self) -> str:
        """The secret that signs sessions; until one is kept, one that nobody can know."""
        if self.secret_key:
            return self.secret_key
        if self.secret_file.exists():
            return self.secret_file.read_text().strip()
        return secrets.token_hex(32)


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings from `LINKMSG_*` names; secrets also from files named by `LINKMSG_*_FILE`.

    Raises:
        ConfigError: a name is unknown or a value can't be used.
    """
    fields = {PREFIX + each.name.upper(): each for each in dataclasses.fields(Settings)}
    values: dict[str, Any] = {}
    for name in sorted(name for name in environment if name.startswith(PREFIX)):
        known = fields.get(name) or fields.get(name.removesuffix("_FILE"))
        if known is None or (name not in fields and known.name not in SECRETS):
            raise ConfigError(f"{name} is no setting of linkmsg. Settings are listed in README.md.")
        if known.name in values:
            raise ConfigError(f"{name} sets again what another name has set. Keep one of the two.")
        raw = environment[name] if name in fields else _content_of(name, environment[name])
        try:
            values[known.name] = known.metadata["parse"](raw)
        except ValueError as fault:
            raise ConfigError(f"{name} {fault}.") from None
    return Settings(**values)


def _content_of(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"{name} names {path}, which can't be read as text.") from None


settings = cast(Settings, LocalProxy(lambda: current_app.extensions["linkmsg"]))
