"""Certificates out of files and folders: the same one in two places is one entry with two places."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.bundles import (
    MOST_BYTES,
    MOST_FILES,
    Bundled,
    Found,
    KeyMaterialFound,
    NotRead,
    certificates_in,
)
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect


class Entry(Record, frozen=True, kw_only=True):
    certificate: Inspected | Unreadable
    places: tuple[str, ...]


class Gathered(Record, frozen=True, kw_only=True):
    entries: tuple[Entry, ...]
    keys: tuple[str, ...]  # where private keys were found; they were not kept
    not_read: tuple[NotRead, ...]


def gather(paths: Iterable[Path], password: bytes | None = None) -> Gathered:
    """Read files, folders and what is below them."""
    places: dict[bytes, list[str]] = {}
    keys: dict[str, None] = {}
    not_read: list[NotRead] = []
    for one in bundled(paths, password):
        match one:
            case Found():
                places.setdefault(one.der, []).append(one.where)
            case KeyMaterialFound():
                keys[one.where] = None
            case NotRead():
                not_read.append(one)
    entries = tuple(Entry(certificate=inspect(der), places=tuple(where)) for der, where in places.items())
    return Gathered(entries=entries, keys=tuple(keys), not_read=tuple(not_read))


def bundled(paths: Iterable[Path], password: bytes | None = None) -> Iterator[Bundled]:
    """Tell what is in files, folders and what is below them, not yet looked at."""
    for path in paths:
        if path.is_dir():
            yield from _of_folder(path, password)
        else:
            yield from _of_file(path, password)


def _of_folder(folder: Path, password: bytes | None) -> Iterator[Bundled]:
    for number, file in enumerate(_files(folder), start=1):
        if number > MOST_FILES:
            yield NotRead(where=str(folder), why=f"at most {MOST_FILES} files of a folder are read; there are more")
            return
        yield from _of_file(file, password)


def _files(folder: Path) -> Iterator[Path]:
    """Return regular files in the order of their names; links to folders are not followed, which may go in circles."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (file for name in sorted(names) if (file := Path(place, name)).is_file())


def _of_file(path: Path, password: bytes | None) -> Iterator[Bundled]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as trouble:
        yield NotRead(where=str(path), why=f"it cannot be opened: {trouble.strerror}")
        return
    yield from certificates_in(content, str(path), password)
