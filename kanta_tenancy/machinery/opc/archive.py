"""A zip archive read strictly, with limits, and written the same way every time (rule R0)."""

import functools
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, Self

from isal import isal_zlib

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.limits import LIMITS, Limits
from kanta_tenancy.machinery.opc.zip_layout import (
    CENTRAL_SIGNATURE,
    DEFLATED,
    END,
    END_SIGNATURE,
    FACTS,
    LOCAL,
    LOCAL_SIGNATURE,
    STORED,
    UTF8_NAME,
    Entry,
    broken,
    directory,
)

_DAMAGED: Final[type[Exception]] = vars(isal_zlib)["IsalError"]  # its stub calls it an instance
_RAW_DEFLATE: Final = -15
_LEVEL: Final = 0  # the fastest: a fifth less time than level 1 for a twentieth more bytes
_VERSION: Final = 20
_LOCAL_BEGINS: Final = LOCAL_SIGNATURE.to_bytes(4, "little")
_CENTRAL_BEGINS: Final = struct.pack("<IH", CENTRAL_SIGNATURE, _VERSION)
_NO_MORE: Final = bytes(10)  # no comment, the first volume, no attributes
_REMEMBERED_UP_TO: Final = 64 * 1024  # bytes of an unpacked content; 256 of them at most
_FIRST_OF_1980: Final = 0x00210000  # the earliest time that zip can say, as Office itself writes it


class Packed(Record, frozen=True, kw_only=True):
    """An entry ready to be written: packed once, it can be written into many archives."""

    name: str
    method: int
    crc: int
    size: int
    raw: bytes
    modified: int = _FIRST_OF_1980

    def content(self) -> bytes:
        """Return what is packed.

        Raises:
            BrokenPackage: it is not what its facts say.
        """
        return _remembered(self) if max(self.size, len(self.raw)) <= _REMEMBERED_UP_TO else _unpacked(self)


class Archive:
    """The entries of a zip archive that kept every rule; contents are inflated when they are asked for."""

    def __init__(self, data: bytes, entries: Mapping[str, Entry]) -> None:
        self._data = data
        self._entries = entries
        self._contents: dict[str, bytes] = {}

    @classmethod
    def read(cls, data: bytes, limits: Limits = LIMITS) -> Self:
        """Read the directory of a package and check that every byte of the file is accounted for.

        Raises:
            BrokenPackage: rule R0 is broken.
        """
        if len(data) > limits.file_size:
            raise broken(f"The file has {len(data)} bytes; {limits.file_size} are allowed.")
        entries, end = directory(data, most_entries=limits.entries)
        _check_sizes(entries, limits)
        _check_names(entries)
        _check_layout(entries, end)
        return cls(data, {entry.name: entry for entry in entries})

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries but folders, in the order of the directory."""
        return tuple(name for name in self._entries if not name.endswith("/"))

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def content(self, name: str) -> bytes:
        """Return the unpacked content of an entry.

        Raises:
            BrokenPackage: what is packed is not what the directory says.
            KeyError: there is no such entry.
        """
        content = self._contents.get(name)
        if content is None:
            content = self._contents[name] = self.packed(name).content()
        return content

    def packed(self, name: str) -> Packed:
        """Return an entry as it is packed, without looking into it."""
        entry = self._entries[name]
        raw = self._data[entry.start : entry.start + entry.packed_size]
        return Packed(name=name, method=entry.method, crc=entry.crc, size=entry.size, raw=raw, modified=entry.modified)

    def check_all(self) -> None:
        """Unpack every entry once, so that none of them can be a surprise later."""
        for name in self._entries:
            self.content(name)

    def write(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the archive with some entries replaced or added; all others are copied as they are packed.

        The order stays, new entries come last, and the same input gives the same bytes.
        """
        kept = [pack(name, changed[name]) if name in changed else self.packed(name) for name in self._entries]
        return assemble([*kept, *(pack(name, changed[name]) for name in changed if name not in self._entries)])


def pack(name: str, content: bytes) -> Packed:
    """Deflate a content, or leave it as it is where deflating does not help."""
    raw: bytes = isal_zlib.compress(content, _LEVEL, _RAW_DEFLATE)
    method = DEFLATED if len(raw) < len(content) else STORED
    return Packed(
        name=name,
        method=method,
        crc=isal_zlib.crc32(content),
        size=len(content),
        raw=raw if method == DEFLATED else content,
    )


def assemble(entries: Iterable[Packed]) -> bytes:
    """Write an archive of packed entries, in their order."""
    local: list[bytes] = []
    central: list[bytes] = []
    offset = 0
    for entry in entries:
        name = entry.name.encode()
        facts = FACTS.pack(
            _VERSION, 0 if name.isascii() else UTF8_NAME, entry.method, entry.modified,
            entry.crc, len(entry.raw), entry.size, len(name), 0,
        )  # fmt: skip
        local += (_LOCAL_BEGINS, facts, name, entry.raw)
        central += (_CENTRAL_BEGINS, facts, _NO_MORE, offset.to_bytes(4, "little"), name)
        offset += LOCAL.size + len(name) + len(entry.raw)
    written = b"".join(central)
    count = len(local) // 4
    return b"".join((*local, written, END.pack(END_SIGNATURE, 0, 0, count, count, len(written), offset, 0)))


@functools.lru_cache(maxsize=256)  # documents made from one template share most parts, and are read more than once
def _remembered(packed: Packed) -> bytes:
    return _unpacked(packed)


def _unpacked(packed: Packed) -> bytes:
    content = packed.raw if packed.method == STORED else _inflated(packed.raw, packed)
    if len(content) != packed.size or isal_zlib.crc32(content) != packed.crc:
        raise broken("The content of the entry has another size or checksum than the directory says.", packed.name)
    return content


def _check_sizes(entries: list[Entry], limits: Limits) -> None:
    total = sum(entry.size for entry in entries)
    if total > limits.unpacked_size:
        raise broken(f"The package unpacks to {total} bytes; {limits.unpacked_size} are allowed.")
    for entry in entries:
        if entry.size > limits.ratio_matters_from and entry.size > limits.ratio * entry.packed_size:
            raise broken(f"The entry unpacks to more than {limits.ratio} times its size.", entry.name)
        if entry.name.endswith("/") and entry.size:
            raise broken("The entry is a folder with content.", entry.name)
    packed = sum(entry.packed_size for entry in entries)
    if total > limits.ratio_matters_from and total > limits.ratio * packed:
        raise broken(f"The package unpacks to more than {limits.ratio} times its size.")


def _check_names(entries: list[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name.removesuffix("/")
        name = name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()
        if name in seen:
            raise broken("Two entries have the same name, or names that differ in case only.", entry.name)
        seen.add(name)
    files = {entry.name.lower() for entry in entries if not entry.name.endswith("/")}
    for folder in (entry.name.lower() for entry in entries if entry.name.endswith("/")):
        if any(folder[:at] in files for at, character in enumerate(folder) if character == "/"):
            raise broken("The entry is a folder inside a file.", folder)


def _check_layout(entries: list[Entry], end: int) -> None:
    """Check that the entries follow one another without a gap or an overlap from the first byte on."""
    expected = 0
    for entry in sorted(entries, key=lambda entry: entry.header):
        if entry.header != expected:
            raise broken("Bytes that belong to no entry, or to two, lie before the entry.", entry.name)
        expected = entry.end
    if expected != end:
        raise broken("Bytes that belong to no entry lie before the zip directory.")


def _inflated(raw: bytes, entry: Packed) -> bytes:
    inflater = isal_zlib.decompressobj(_RAW_DEFLATE)
    try:
        content: bytes = inflater.decompress(raw, entry.size + 1)
    except _DAMAGED:
        raise broken("The packed content of the entry is damaged.", entry.name) from None
    if not inflater.eof or inflater.unused_data:
        raise broken("The packed content of the entry is longer or shorter than the directory says.", entry.name)
    return content
