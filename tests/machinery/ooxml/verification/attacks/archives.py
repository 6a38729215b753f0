"""Archives that say one thing to one reader and another to the next (rule R0)."""

import struct
import zlib
from typing import Final

from tests.machinery.ooxml.verification.attacks.building import (
    EVIL,
    ROOT,
    both,
    item_changed,
    items,
    link,
    linked,
    tampering,
    typed,
    with_item,
)
from tests.machinery.ooxml.verification.documents import DOCUMENT, PACKAGE, Parts, default, packed
from tests.machinery.opc.zips import STORED, Item, deflated, descriptor, zipped

_END: Final = b"PK\x05\x06"
_RECORD: Final = b"PK\x01\x02"
_EVIL_ITEM: Final = Item(name=DOCUMENT, content=EVIL)
_ARCHIVE: Final = zipped(_EVIL_ITEM)
_ENTRY: Final = _ARCHIVE[: _ARCHIVE.index(_RECORD)]
_BLANK: Final[dict[str, int | bytes]] = {"crc": 0, "packed_size": 0, "size": 0}


def _record(data: bytes, name: str) -> bytes:
    """Return the directory's record of an entry."""
    at = data.index(_RECORD)
    while True:
        length = 46 + sum(struct.unpack_from("<HHH", data, at + 28))
        if data[at + 46 : at + 46 + len(name)] == name.encode():
            return data[at : at + length]
        at += length


def _with_record(data: bytes, record: bytes, counted: int = 1) -> bytes:
    """Add a record to the directory."""
    at = data.rindex(_END)
    here, count, size, start = struct.unpack_from("<HHII", data, at + 8)
    end = struct.pack("<HHII", here + counted, count + counted, size + len(record), start)
    return data[:at] + record + data[at : at + 8] + end + data[at + 20 :]


def _two_records_of_one_entry(parts: Parts) -> bytes:
    return _with_record(packed(parts), _record(packed(parts), DOCUMENT))


def _record_of_another_name(parts: Parts) -> bytes:
    record = _record(packed(parts), DOCUMENT)
    return _with_record(packed(parts), record[:46] + record[46:].replace(b"document", b"evilment"))


def _uncounted_record(parts: Parts) -> bytes:
    return _with_record(packed(parts), _record(packed(parts), DOCUMENT), counted=0)


def _entry_that_is_in_no_directory(parts: Parts) -> bytes:
    first, second, *rest = items(parts)
    return zipped(first, Item(name=second.name, content=second.content, before=_ENTRY), *rest)


def _entry_inside_another(parts: Parts) -> bytes:
    outer = Item(name="word/media/outer.png", content=_ARCHIVE, method=STORED)
    whole = zipped(*(each for each in items(parts) if each.name != DOCUMENT), outer)
    record = _record(_ARCHIVE, DOCUMENT)
    return _with_record(whole, record[:42] + struct.pack("<I", whole.index(_ARCHIVE)) + record[46:])


def _zip64(parts: Parts) -> bytes:
    data = packed(parts)
    at = data.rindex(_END)
    count, _, size, start = struct.unpack_from("<HHII", data, at + 8)
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, at, 1)
    return data[:at] + record + locator + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, size, start, 0)


def _two_ends(parts: Parts) -> bytes:
    """Let a comment hold the end of another archive, whose directory comes first."""
    evil = zipped(
        *(Item(name=each.name, content=EVIL if each.name == DOCUMENT else each.content) for each in items(parts))
    )
    return evil + zipped(*items(parts), comment=evil[evil.rindex(_END) :])


def _stored_without_length(parts: Parts) -> bytes:
    """Add a picture that nobody signs; who reads from the front finds its end too early, and another document in it."""
    others = zipped(*(_EVIL_ITEM if each.name == DOCUMENT else each for each in items(parts)))
    image = b"JPEG" + descriptor(b"") + others[: others.index(_RECORD)]
    sizes = struct.pack("<III", zlib.crc32(image), len(image), len(image))
    picture = Item(
        name="docProps/thumbnail.jpeg", content=image, method=STORED, flags=0x8, local=_BLANK,
        descriptor=b"PK\x07\x08" + sizes,
    )  # fmt: skip
    leading = both(
        linked(link(f"{PACKAGE}/relationships/metadata/thumbnail", "docProps/thumbnail.jpeg"), ROOT),
        typed(default("jpeg", "image/jpeg")),
    )(parts)
    assert not isinstance(leading, bytes)
    return zipped(picture, *items(leading))


def _flat_bomb(parts: Parts) -> bytes:
    """Let many records share one large entry."""
    bomb = Item(name="word/media/a.png", content=bytes(2_000_000))
    data = zipped(*items(parts), bomb)
    record = _record(data, bomb.name)
    for number in range(200):
        data = _with_record(data, record.replace(b"/a.png", b"/%03d.p" % number)[: len(record)])
    return data


DUPLICATES = tampering(
    "Entries that are there twice, overlap, or are in no directory",
    R0={
        "an entry of the same name after it": with_item(_EVIL_ITEM),
        "an entry of the same name before it": lambda parts: zipped(_EVIL_ITEM, *items(parts)),
        "two records of one entry": _two_records_of_one_entry,
        "a second record of an entry under another name": _record_of_another_name,
        "a record that is not counted": _uncounted_record,
        "an entry that is in no directory": _entry_that_is_in_no_directory,
        "an entry inside the content of another": _entry_inside_another,
        "a folder of the same name": with_item(Item(name=f"{DOCUMENT}/")),
        "a folder with content": with_item(Item(name="word/evil/", content=EVIL)),
        "a folder in a part": with_item(Item(name=f"{DOCUMENT}/folder/")),
    },
)

HEADERS = tampering(
    "A local header unlike the directory",
    R0={
        "another name": item_changed(local={"name": b"word/evilment.xml"}),
        "a longer name": item_changed(local={"name": b"word/document.xml.bak"}),
        "another method": item_changed(local={"method": STORED}),
        "another checksum": item_changed(local={"crc": zlib.crc32(EVIL)}),
        "another size": item_changed(local={"size": len(EVIL)}),
        "another packed size": item_changed(local={"packed_size": len(deflated(EVIL))}),
        "no sizes, and none that follow": item_changed(local=_BLANK),
        "sizes that are said to follow in one of them": item_changed(local={"flags": 0x8}),
        "another version": item_changed(local={"version": 10}),
        "another time": item_changed(local={"time": 1}),
        "another name in an extra field": item_changed(central_extra=b"\x75\x70\x09\x00\x01\0\0\0\0evil"),
        "a checksum of other content": item_changed(both={"crc": zlib.crc32(EVIL)}),
        "content that goes on after its end": lambda parts: item_changed(raw=deflated(parts[DOCUMENT]) + b"evil")(
            parts
        ),
        "content of another length": lambda parts: item_changed(raw=deflated(parts[DOCUMENT] + b" "))(parts),
        "sizes that follow, and differ": item_changed(flags=0x8, local=_BLANK, descriptor=descriptor(EVIL)),
        "stored content that says its length only at its end": _stored_without_length,
    },
)

AROUND = tampering(
    "Data before, between or after the entries",
    R0={
        "a program before the archive": lambda parts: b"MZ\x90\x00" + packed(parts),
        "a program before the archive, all offsets right": lambda parts: zipped(*items(parts), before=b"MZ\x90\x00"),
        "another archive before it": lambda parts: _ARCHIVE + packed(parts),
        "another archive after it": lambda parts: packed(parts) + _ARCHIVE,
        "a byte after the archive": lambda parts: packed(parts) + b"\0",
        "bytes between two entries": item_changed(before=b"hidden"),
        "bytes before the directory": lambda parts: zipped(*items(parts), tail=b"hidden"),
        "a comment of the archive": lambda parts: zipped(*items(parts), comment=b"hidden"),
        "a comment of an entry": item_changed(comment=b"hidden"),
        "two ends, one in the comment of the other": _two_ends,
        "an archive cut off": lambda parts: packed(parts)[:-1],
    },
)

FEATURES = tampering(
    "Features of zip that packages may not use",
    R0={
        "encryption": item_changed(flags=0x1),
        "strong encryption": item_changed(flags=0x41),
        "an encrypted directory": item_changed(flags=0x2000),
        "a patch of another file": item_changed(flags=0x20),
        "another packer": item_changed(both={"method": 12}),
        "zip64": _zip64,
        "zip64 sizes in an extra field": item_changed(central_extra=b"\x01\x00\x08\x00" + bytes(8)),
        "a symbolic link": item_changed(made_by=0x0314, attributes=0o120777 << 16),
        "a device": item_changed(made_by=0x0314, attributes=0o020666 << 16),
        "a folder by its attribute": item_changed(attributes=0x10),
        "an extra field that is cut off": item_changed(local_extra=b"\xca\xfe\x08\x00"),
    },
)

BOMBS = tampering(
    "Zip bombs",
    R0={
        "an entry of nothing but zeros": with_item(Item(name="word/media/a.png", content=bytes(30_000_000))),
        "many entries that share one content": _flat_bomb,
        "a thousand entries": with_item(*(Item(name=f"word/media/{number}.png") for number in range(1000))),
        "a size that is not true": item_changed(both={"size": 2**31}),
        "a file of many megabytes": with_item(Item(name="word/media/a.png", content=bytes(21_000_000), method=STORED)),
    },
)
FAMILIES = (DUPLICATES, HEADERS, AROUND, FEATURES, BOMBS)
