"""The environment, read once into one frozen Struct; what is wrong in it stops the start."""

import logging
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.allowance import NOTHING, Allowed, read_allowed

TEST_PREFIX: Final = "KANTA_TEST_"  # the test suite's own names; the service does not read them
_PREFIX: Final = "KANTA_"
_LEVELS: Final = ("debug", "info", "warning", "error")
_PROTECTIONS: Final = ("starttls", "tls", "none")
_SHORTEST_TOKEN: Final = 24
_SHORTEST_KEY: Final = 32
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
_TRIED_FIRST: Final = frozenset(
    {
        "",
        "admin",
        "changeme",
        "change-me",
        "default",
        "kanta",
        "kanta_service",
        "password",
        "postgres",
        "secret",
        "test",
    }
)


class WrongSettings(Exception):
    """The environment cannot be used; each sentence names the key to mend."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Settings(Record, frozen=True, kw_only=True):
    """What an operator decides. docs/operations/settings.md tells of each; a test compares."""

    home: Path
    database_url: str | None
    owner_database_url: str | None
    host: str
    port: int
    pool_size: int
    reports_together: int
    log_level: int
    metrics_token: str | None
    signing_keys: Path | None
    seal_keys: Path | None
    smtp_host: str | None
    smtp_port: int
    smtp_protection: str
    smtp_sender: str | None
    smtp_username: str | None
    smtp_password: str | None
    smtp_authorities: Path | None
    webhook_keys: tuple[str, ...]  # the first makes new secrets, the others those that were made before
    outgoing_allowed: Allowed
    probing_allowed: Allowed
    postgres_programs: Path | None

    def __repr__(self) -> str:
        return f"Settings(home={str(self.home)!r}, …)"  # some of the others are secrets


class Setting(Record, frozen=True, kw_only=True):
    """One key of the environment: how it is read, and what counts when it is not there."""

    field: str
    read: Callable[[str], Any]  # raises ValueError with the end of a sentence that began with the key
    default: Any = None
    secret: bool = False  # may also come from the file that the key with _FILE names


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser()


def _private_folder(value: str) -> Path:
    path = _path(value)
    if not path.is_dir():
        raise ValueError(f"names {path}, which is not a folder")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ValueError(f"names {path}, which others can open: run `chmod 700 {path}`")
    return path


def _number(lowest: int, highest: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", value) or not lowest <= int(value) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(value)

    return read


def _level(value: str) -> int:
    if value not in _LEVELS:
        raise ValueError(f"must be one of {', '.join(_LEVELS)}")
    return logging.getLevelNamesMapping()[value.upper()]


def _database(value: str) -> str:
    if _split(value).scheme not in {"postgresql", "postgres"}:
        raise ValueError("must be an address such as postgresql://role:password@host:5432/database")
    return value


def _token(value: str) -> str:
    if len(value) < _SHORTEST_TOKEN or value.casefold() in _TRIED_FIRST:
        raise ValueError(f"must be a random text of at least {_SHORTEST_TOKEN} characters")
    return value


def _protection(value: str) -> str:
    if value not in _PROTECTIONS:
        raise ValueError(f"must be one of {', '.join(_PROTECTIONS)}")
    return value


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("must be an e-mail address in ASCII, such as kanta@example.org")
    return value


def _file(value: str) -> Path:
    path = _path(value)
    if not path.is_file():
        raise ValueError(f"names {path}, which is not a file")
    return path


def _keys(value: str) -> tuple[str, ...]:
    keys = tuple(value.split())
    if any(len(key) < _SHORTEST_KEY for key in keys):
        raise ValueError(
            f"must be a random text of at least {_SHORTEST_KEY} characters, or several with blanks between"
        )
    return keys


def _allowed(value: str) -> Allowed:
    try:
        return read_allowed(value)
    except ValueError as error:
        raise ValueError(f"cannot be used: {error}") from None


SETTINGS: Final[Mapping[str, Setting]] = {
    "KANTA_HOME": Setting(field="home", read=_path, default=Path("var")),
    "KANTA_DATABASE_URL": Setting(field="database_url", read=_database, secret=True),
    "KANTA_OWNER_DATABASE_URL": Setting(field="owner_database_url", read=_database, secret=True),
    "KANTA_HOST": Setting(field="host", read=_text, default="127.0.0.1"),
    "KANTA_PORT": Setting(field="port", read=_number(0, 65535), default=8000),
    "KANTA_POOL_SIZE": Setting(field="pool_size", read=_number(1, 64), default=8),
    "KANTA_REPORTS_TOGETHER": Setting(field="reports_together", read=_number(1, 256), default=16),
    "KANTA_LOG_LEVEL": Setting(field="log_level", read=_level, default=logging.INFO),
    "KANTA_METRICS_TOKEN": Setting(field="metrics_token", read=_token, secret=True),
    "KANTA_SIGNING_KEYS": Setting(field="signing_keys", read=_private_folder),
    "KANTA_SEAL_KEYS": Setting(field="seal_keys", read=_private_folder),
    "KANTA_SMTP_HOST": Setting(field="smtp_host", read=_text),
    "KANTA_SMTP_PORT": Setting(field="smtp_port", read=_number(1, 65535), default=587),
    "KANTA_SMTP_PROTECTION": Setting(field="smtp_protection", read=_protection, default="starttls"),
    "KANTA_SMTP_SENDER": Setting(field="smtp_sender", read=_address),
    "KANTA_SMTP_USERNAME": Setting(field="smtp_username", read=_text),
    "KANTA_SMTP_PASSWORD": Setting(field="smtp_password", read=_text, secret=True),
    "KANTA_SMTP_AUTHORITIES": Setting(field="smtp_authorities", read=_file),
    "KANTA_WEBHOOK_KEY": Setting(field="webhook_keys", read=_keys, default=(), secret=True),
    "KANTA_OUTGOING_ALLOWED": Setting(field="outgoing_allowed", read=_allowed, default=NOTHING),
    "KANTA_PROBING_ALLOWED": Setting(field="probing_allowed", read=_allowed, default=NOTHING),
    "PG_BINDIR": Setting(field="postgres_programs", read=_path),
}


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read every setting; an empty value counts as none.

    Raises:
        WrongSettings: unknown names, values that cannot be used, secrets that others can read. All are told at once.
    """
    given = {name: value for name, value in environment.items() if value}
    wrong = _unknown(given)
    values: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        try:
            text = _given(name, setting, given)
            values[setting.field] = setting.default if text is None else setting.read(text)
        except ValueError as error:
            wrong.append(f"{name} {error}.")
    if wrong:
        raise WrongSettings(wrong)
    settings = Settings(**values)
    contradictions = [*_contradictions(settings)]
    if contradictions:
        raise WrongSettings(contradictions)
    return settings


def refuse_known_password(settings: Settings) -> None:
    """Refuse to work through a password that anyone would try first.

    Raises:
        WrongSettings: KANTA_DATABASE_URL carries one.
    """
    url = _split(settings.database_url or "")
    if url.password is not None and url.password.casefold() in _TRIED_FIRST:
        raise WrongSettings(["KANTA_DATABASE_URL has a password that anyone would try first: give the role another."])


def _contradictions(settings: Settings) -> Iterator[str]:
    """Say which settings of the mail server do not go together."""
    if (settings.smtp_host is None) != (settings.smtp_sender is None):
        yield "KANTA_SMTP_HOST and KANTA_SMTP_SENDER belong together: set both, or none."
    if (settings.smtp_username is None) != (settings.smtp_password is None):
        yield "KANTA_SMTP_USERNAME and KANTA_SMTP_PASSWORD belong together: set both, or none."
    if settings.smtp_password is not None and settings.smtp_protection == "none":
        yield "KANTA_SMTP_PROTECTION is none: a password is not sent without TLS."


def _unknown(given: Mapping[str, str]) -> list[str]:
    known = set(SETTINGS) | {f"{name}_FILE" for name, setting in SETTINGS.items() if setting.secret}
    ours = (name for name in given if name.startswith(_PREFIX) and not name.startswith(TEST_PREFIX))
    return [f"{name} is not a setting: docs/operations/settings.md lists them." for name in sorted(set(ours) - known)]


def _given(name: str, setting: Setting, given: Mapping[str, str]) -> str | None:
    file = given.get(f"{name}_FILE") if setting.secret else None
    if file is None:
        return given.get(name)
    if name in given:
        raise ValueError(f"and {name}_FILE are both given")
    return _read_secret(name, Path(file).expanduser())


def _read_secret(name: str, file: Path) -> str:
    try:
        if file.stat().st_mode & stat.S_IROTH:
            raise ValueError(f"is in {file}, which anyone can read: run `chmod 600 {file}`")
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"cannot be read from {file}, which {name}_FILE names") from None


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("is no address") from None
