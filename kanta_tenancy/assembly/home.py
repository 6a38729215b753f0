"""The service's own folder: which database it works with, and the secrets that only its account may read."""

import os
import secrets
from pathlib import Path
from typing import Final

from kanta_tenancy.assembly.settings import Settings, WrongSettings

DATABASE_URL: Final = "database-url"  # the address of the service's role, as `run` left it
WEBHOOK_KEY: Final = "webhook-key"  # what the secrets of webhooks are made from, as `run` made it
SEAL_KEYS: Final = "seal-keys"  # a folder with the key of the service's seal, as `run` made it
SERVICE_PASSWORD: Final = "service-password"  # noqa: S105 -- the name of the file


def service_url(settings: Settings) -> str:
    """Return the address that the service's role connects with: the one set, else the one that `run` left.

    Raises:
        WrongSettings: there is neither.
    """
    if settings.database_url is not None:
        return settings.database_url
    left = settings.home / DATABASE_URL
    if not left.is_file():
        raise WrongSettings([f"KANTA_DATABASE_URL is not set, and `run` has left no database in {settings.home}."])
    return left.read_text("utf-8").strip()


def webhook_keys(settings: Settings) -> tuple[str, ...]:
    """Return the keys that the secrets of webhooks are made from: those set, else the one that `run` left."""
    if settings.webhook_keys:
        return settings.webhook_keys
    left = settings.home / WEBHOOK_KEY
    return (left.read_text("utf-8").strip(),) if left.is_file() else ()


def seal_keys_folder(settings: Settings) -> Path | None:
    """Return the folder with the keys of the service's seal: the one set, else the one that `run` left."""
    if settings.seal_keys is not None:
        return settings.seal_keys
    left = settings.home / SEAL_KEYS
    return left if left.is_dir() else None


def ensure_webhook_key(settings: Settings) -> None:
    """Make a key for the secrets of webhooks when none is set and none is there."""
    if not webhook_keys(settings):
        keep_secret(settings.home / WEBHOOK_KEY, secrets.token_urlsafe(32))


def keep_secret(file: Path, text: str) -> None:
    """Write a file that only our account can read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as output:
        output.write(f"{text}\n")
        output.flush()
        os.fsync(output.fileno())
    unfinished.replace(file)
