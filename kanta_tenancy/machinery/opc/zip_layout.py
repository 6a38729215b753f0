"""The zip structures that a package consists of, and nothing that zip could do besides.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4; ECMA-376-2 annex B.
"""

import functools
import struct
from typing import Final, NamedTuple

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.errors import BrokenPackage

STORED: Final = 0
DEFLATED: Final = 8

# DOS time and date are read as one number, `modified`.
LOCAL: Final = struct.Struct("<IHHHIIIIHH")
CENTRAL: Final = struct.Struct("<IHHHHIIIIHHHHHII")
END: Final = struct.Struct("<IHHHHIIH")
FACTS: Final = struct.Struct("<HHHIIIIHH")  # what the local header and the directory both say of an entry
_DESCRIPTOR: Final = struct.Struct("<III")
_EXTRA: Final = struct.Struct("<HH")

LOCAL_SIGNATURE: Final = 0x04034B50
CENTRAL_SIGNATURE: Final = 0x02014B50
END_SIGNATURE: Final = 0x06054B50
_DESCRIPTOR_SIGNATURE: Final = b"PK\x07\x08"

UTF8_NAME: Final = 0x0800
_SIZES_FOLLOW: Final = 0x0008
_ACCEPTED_FLAGS: Final = UTF8_NAME | _SIZES_FOLLOW | 0x0006  # 0x0006: how hard the deflater tried
_NEEDS_ZIP64: Final = 45
_SAID_IN_ZIP64_16: Final = 0xFFFF
_SAID_IN_ZIP64_32: Final = 0xFFFFFFFF

# Extra fields that would change an entry's name, size or readability behind the header's back.
_REFUSED_EXTRAS: Final = {0x0001: "zip64", 0x0017: "encryption", 0x7075: "a second name", 0x9901: "encryption"}
_FILE_TYPE: Final = 0o170000
_SHORT_NAME: Final = 128  # bytes
_LONGEST_NAME: Final = 1024  # bytes; a name of thousands of folders buys a second of looking
_PLAIN_TYPES: Final = frozenset({0, 0o100000, 0o040000})  # unsaid, file, folder
_FOLDER: Final = 0x10  # of the attributes that MS-DOS has


class Entry(Record, frozen=True, kw_only=True):
    """One entry as the central directory describes it; `start` is where its packed bytes begin."""

    name: str
    method: int
    modified: int  # DOS time and date as they stand
    crc: int
    packed_size: int
    size: int
    header: int  # offset of the local header
    start: int
    end: int  # after the packed bytes and the data descriptor, where there is one


class _Central(NamedTuple):
    signature: int
    made_by: int
    version: int
    flags: int
    method: int
    modified: int
    crc: int
    packed_size: int
    size: int
    name_size: int
    extra_size: int
    comment_size: int
    disk: int
    internal_attributes: int
    attributes: int
    header: int


class _Local(NamedTuple):
    signature: int
    version: int
    flags: int
    method: int
    modified: int
    crc: int
    packed_size: int
    size: int
    name_size: int
    extra_size: int


def broken(detail: str, part: str = "") -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R0", part=part)


def directory(data: bytes, *, most_entries: int) -> tuple[list[Entry], int]:
    """Read the central directory and the local header of every entry.

    Returns:
        The entries in the directory's order, and the offset at which the directory begins.

    Raises:
        BrokenPackage: the two do not agree, or use what packages may not use.
    """
    start, size, count = _end_record(data)
    if count > most_entries:
        raise broken(f"The package has {count} entries; {most_entries} are allowed.")
    entries, offset, end = [], start, start + size
    for _ in range(count):
        entry, offset = _entry(data, offset, start, end)
        entries.append(entry)
    if offset != end:
        raise broken("The zip directory holds more than its entries.")
    return entries, start


def _end_record(data: bytes) -> tuple[int, int, int]:
    if len(data) < END.size:
        raise broken("The file is not a zip archive.")
    at = len(data) - END.size
    signature, disk, first_disk, here, count, size, start, comment = END.unpack_from(data, at)
    if signature != END_SIGNATURE:
        raise broken("The file is not a zip archive, or something follows the end of the archive.")
    if comment or disk or first_disk or here != count:
        raise broken("The archive has a comment or is one of several volumes.")
    if count == _SAID_IN_ZIP64_16 or _SAID_IN_ZIP64_32 in (size, start):
        raise broken("The archive is in the zip64 form, which packages of this size do not need.")
    if start + size != at:
        raise broken("Bytes that belong to no entry lie before the end of the archive.")
    return start, size, count


def _entry(data: bytes, offset: int, start: int, end: int) -> tuple[Entry, int]:
    """Read one entry of the directory, which lies from `start` to `end`, and where the next one begins."""
    if offset + CENTRAL.size > end:
        raise broken("The zip directory ends before its last entry.")
    central = _Central._make(CENTRAL.unpack_from(data, offset))
    extra_at = offset + CENTRAL.size + central.name_size
    comment_at = extra_at + central.extra_size
    if central.signature != CENTRAL_SIGNATURE or comment_at + central.comment_size > end:
        raise broken("The zip directory is damaged.")
    raw_name = data[offset + CENTRAL.size : extra_at]
    name = _decoded(raw_name, central.flags)
    if central.comment_size or central.disk:
        raise broken("The entry has a comment or lies in another volume.", name)
    _check_kind(central, name)
    if central.extra_size:
        _check_extra(data[extra_at:comment_at], name)
    packed_from, packed_until = _located(data, central, raw_name, name, limit=start)
    entry = Entry(
        name=name, method=central.method, modified=central.modified, crc=central.crc, size=central.size,
        packed_size=central.packed_size, header=central.header, start=packed_from, end=packed_until,
    )  # fmt: skip
    return entry, comment_at


def _decoded(raw: bytes, flags: int) -> str:
    utf8 = bool(flags & UTF8_NAME)
    return _remembered_name(raw, utf8=utf8) if len(raw) <= _SHORT_NAME else _name(raw, utf8=utf8)


@functools.lru_cache(maxsize=1024)
def _remembered_name(raw: bytes, *, utf8: bool) -> str:
    return _name(raw, utf8=utf8)


def _name(raw: bytes, *, utf8: bool) -> str:
    """Decode an entry's name, refusing what two readers could read as two names."""
    if len(raw) > _LONGEST_NAME:
        raise broken(f"The name of an entry has more than {_LONGEST_NAME} bytes.")
    try:
        name = raw.decode("utf-8" if utf8 else "ascii")
    except UnicodeDecodeError:
        raise broken("The name of an entry is in no declared encoding.", raw.decode("ascii", "replace")) from None
    if not name or not name.isprintable() or "\\" in name:
        raise broken("The name of an entry has a backslash or a character that cannot be shown.", ascii(name))
    segments = name.removesuffix("/").split("/")
    if any(segment in ("", ".", "..") or segment.endswith(".") or ":" in segment for segment in segments):
        raise broken("The name of an entry is not a plain path inside the package.", name)
    return name


def _check_kind(central: _Central, name: str) -> None:
    if central.flags & ~_ACCEPTED_FLAGS:
        raise broken("The entry is encrypted or uses a feature of zip that packages may not use.", name)
    if central.method not in (STORED, DEFLATED):
        raise broken("The entry is packed by a method that packages may not use.", name)
    if central.version >= _NEEDS_ZIP64:
        raise broken("The entry needs the zip64 form, which packages of this size do not need.", name)
    if (central.attributes >> 16) & _FILE_TYPE not in _PLAIN_TYPES:
        raise broken("The entry is a symbolic link or a device.", name)
    if central.attributes & _FOLDER and not name.endswith("/"):
        raise broken("The entry is a folder by its attributes and a file by its name.", name)
    if central.method == STORED and central.flags & _SIZES_FOLLOW and central.size:
        # Whoever reads from the front takes the first thing that looks like a length for the end of the content.
        raise broken("The content of the entry is not packed, and its length is only said after it.", name)


def _check_extra(extra: bytes, name: str) -> None:
    offset = 0
    while offset < len(extra):
        if offset + _EXTRA.size > len(extra):
            raise broken("The extra field of the entry is damaged.", name)
        kind, size = _EXTRA.unpack_from(extra, offset)
        offset += _EXTRA.size + size
        if kind in _REFUSED_EXTRAS:
            raise broken(f"The extra field of the entry declares {_REFUSED_EXTRAS[kind]}.", name)
    if offset != len(extra):
        raise broken("The extra field of the entry is damaged.", name)


def _located(data: bytes, central: _Central, raw_name: bytes, name: str, *, limit: int) -> tuple[int, int]:
    """Check the local header against the directory and find where the packed bytes begin and the entry ends."""
    # The common case first: the local header says what the directory says, and nothing besides.
    expected = LOCAL.pack(LOCAL_SIGNATURE, *central[2:10], 0)
    start = central.header + LOCAL.size + central.name_size
    end = start + central.packed_size
    plain = data.startswith(expected, central.header) and not central.flags & _SIZES_FOLLOW
    if plain and end <= limit and data.startswith(raw_name, start - central.name_size):
        return start, end
    return _located_with_care(data, central, raw_name, name, limit=limit)


def _located_with_care(data: bytes, central: _Central, raw_name: bytes, name: str, *, limit: int) -> tuple[int, int]:
    if central.header + LOCAL.size > limit:
        raise broken("The local header of the entry lies outside the archive.", name)
    local = _Local._make(LOCAL.unpack_from(data, central.header))
    name_at = central.header + LOCAL.size
    extra_at = name_at + local.name_size
    start = extra_at + local.extra_size
    end = start + central.packed_size
    if local.signature != LOCAL_SIGNATURE or end > limit:
        raise broken("The local header of the entry is damaged.", name)
    if local[1:5] != central[2:6] or data[name_at:extra_at] != raw_name:
        raise broken("The local header of the entry differs from the directory.", name)
    if local.extra_size:
        _check_extra(data[extra_at:start], name)
    declared = central[6:9]
    sizes_follow = bool(central.flags & _SIZES_FOLLOW)
    if local[5:8] != declared and not (sizes_follow and local[5:8] == (0, 0, 0)):
        raise broken("The sizes in the local header of the entry differ from the directory.", name)
    return start, _after_descriptor(data, end, declared, name) if sizes_follow else end


def _after_descriptor(data: bytes, at: int, declared: tuple[int, ...], name: str) -> int:
    expected = _DESCRIPTOR.pack(*declared)
    for form in (_DESCRIPTOR_SIGNATURE + expected, expected):
        if data.startswith(form, at):
            return at + len(form)
    raise broken("The data descriptor of the entry differs from the directory.", name)
