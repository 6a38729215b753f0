"""The file itself: a zip whose entries are stored as they are, written in one way and read with limits. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from isal import isal_zlib

from kanta_tenancy.machinery.opc.archive import Archive, Packed, assemble
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.limits import Limits
from kanta_tenancy.machinery.opc.zip_layout import STORED
from kanta_tenancy.proofs.model import MANIFEST, MANIFEST_SEAL

LARGEST: Final = 256 * 1024 * 1024
LIMITS: Final = Limits(file_size=LARGEST, entries=2_000, unpacked_size=LARGEST)
_NAME: Final = re.compile(r"(?:[a-z]{1,20}/)?[a-z0-9_]{1,64}\.[a-z]{2,5}")
_FIRST: Final = (MANIFEST, MANIFEST_SEAL)


class Unreadable(Exception):
    """A file that is no bundle: `reason` is a sentence without its stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def write(files: Mapping[str, bytes]) -> bytes:
    """Write files into a bundle: the manifest and its seal first, the others by name; always the same bytes."""
    names = sorted(files, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    return assemble(_stored(name, files[name]) for name in names)


def read(data: bytes) -> dict[str, bytes]:
    """Read a bundle that anybody may have made; nothing is unpacked, and no name is a path.

    Raises:
        Unreadable: it is none.
    """
    try:
        archive = Archive.read(data, LIMITS)
        strange = [name for name in archive.names if not _NAME.fullmatch(name)]
        if strange:
            raise Unreadable(f"it has a file of a name that no bundle has: {strange[0][:80]!r}")
        packed = [archive.packed(name) for name in archive.names]
        if any(one.method != STORED for one in packed):
            raise Unreadable("a file in it is compressed; in a bundle all are stored as they are")
        return {one.name: one.content() for one in packed}
    except BrokenPackage as broken:
        raise Unreadable(f"it is no sound zip archive: {broken.detail.removesuffix('.')}") from broken


def _stored(name: str, content: bytes) -> Packed:
    return Packed(name=name, method=STORED, crc=isal_zlib.crc32(content), size=len(content), raw=content)
