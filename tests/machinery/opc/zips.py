"""A zip writer that can lie: every field of every header can be given, so that readers can be tried."""

import struct
import zlib
from dataclasses import dataclass, field

STORED, DEFLATED = 0, 8


@dataclass(kw_only=True)
class Item:
    """An entry; `local` and `central` replace fields of one header only."""

    name: str
    content: bytes = b""
    method: int = DEFLATED
    flags: int = 0
    raw: bytes | None = None  # the packed bytes, when they are not to be the content's
    local: dict[str, int | bytes] = field(default_factory=dict)
    central: dict[str, int | bytes] = field(default_factory=dict)
    both: dict[str, int | bytes] = field(default_factory=dict)
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    descriptor: bytes = b""  # what follows the packed bytes
    before: bytes = b""  # what precedes the local header
    made_by: int = 20
    attributes: int = 0
    at: int | None = None  # where the directory says that the local header is


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def descriptor(content: bytes, *, signed: bool = True) -> bytes:
    sizes = struct.pack("<III", zlib.crc32(content), len(deflated(content)), len(content))
    return (b"PK\x07\x08" if signed else b"") + sizes


def zipped(*items: Item, before: bytes = b"", after: bytes = b"", tail: bytes = b"", comment: bytes = b"") -> bytes:
    """Write an archive: `before` the first entry, `tail` between the last one and the directory, `after` the end."""
    out, directory = bytearray(before), bytearray()
    for item in items:
        raw = item.raw if item.raw is not None else _packed(item)
        fields = _fields(item, raw)
        out += item.before
        here = len(out)
        local = {**fields, **item.both, **item.local}
        out += struct.pack("<IHHHHHIIIHH", 0x04034B50, *_values(local), len(local["name"]), len(item.local_extra))
        out += local["name"] + item.local_extra + raw + item.descriptor
        directory += _central(item, {**fields, **item.both, **item.central}, here if item.at is None else item.at)
    out += tail
    start = len(out)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(items), len(items), len(directory), start, len(comment))
    return bytes(out + directory + end + comment + after)


def _packed(item: Item) -> bytes:
    return deflated(item.content) if item.method == DEFLATED else item.content


def _fields(item: Item, raw: bytes) -> dict[str, int | bytes]:
    return {
        "version": 20,
        "flags": item.flags,
        "method": item.method,
        "time": 0,
        "date": 0x21,
        "crc": zlib.crc32(item.content),
        "packed_size": len(raw),
        "size": len(item.content),
        "name": item.name.encode(),
    }


def _values(fields: dict[str, int | bytes]) -> list[int | bytes]:
    return [value for key, value in fields.items() if key != "name"]


def _central(item: Item, fields: dict[str, int | bytes], at: int) -> bytes:
    name = fields["name"]
    head = struct.pack("<IH", 0x02014B50, item.made_by) + struct.pack("<HHHHHIII", *_values(fields))
    lengths = (len(name), len(item.central_extra), len(item.comment), 0, 0, item.attributes, at)
    return head + struct.pack("<HHHHHII", *lengths) + name + item.central_extra + item.comment
