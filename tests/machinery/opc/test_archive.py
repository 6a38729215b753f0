import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.opc import Archive, BrokenPackage, Limits, assemble, pack
from tests.machinery.opc.zips import DEFLATED, STORED, Item, deflated, descriptor, zipped

CONTENT = b"An agreement between two parties. " * 8
ENTRY = Item(name="word/document.xml", content=CONTENT)
OTHER = Item(name="word/styles.xml", content=b"<styles/>")
NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}){0,2}\.xml", fullmatch=True)  # none repeats another in another case


def refusal(data: bytes, limits: Limits | None = None) -> BrokenPackage:
    """Return how an archive is refused; reading its contents is part of reading it."""
    with pytest.raises(BrokenPackage) as caught:
        (Archive.read(data, limits) if limits else Archive.read(data)).check_all()
    assert caught.value.rule == "R0"
    return caught.value


def extra(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=6))
def test_what_was_written_is_read_again_and_by_others_too(contents: Mapping[str, bytes]):
    data = assemble(pack(name, content) for name, content in contents.items())
    archive = Archive.read(data)
    assert {name: archive.content(name) for name in archive.names} == contents
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == contents


def test_writing_copies_what_did_not_change_and_is_deterministic():
    packed_by_others = io.BytesIO()
    with zipfile.ZipFile(packed_by_others, "w", zipfile.ZIP_DEFLATED) as other:
        other.writestr("b.xml", CONTENT)
        other.writestr("a.xml", b"<a/>")
    archive = Archive.read(packed_by_others.getvalue())
    written = archive.write({"a.xml": b"<changed/>", "c.xml": b"<new/>"})
    assert written == Archive.read(packed_by_others.getvalue()).write({"a.xml": b"<changed/>", "c.xml": b"<new/>"})
    again = Archive.read(written)
    assert again.names == ("b.xml", "a.xml", "c.xml")
    assert [again.content(name) for name in again.names] == [CONTENT, b"<changed/>", b"<new/>"]
    assert deflated(CONTENT)[:20] in packed_by_others.getvalue()
    assert packed_by_others.getvalue()[35 : 35 + 40] in written  # the packed bytes themselves


def test_an_entry_whose_sizes_follow_it_is_read_and_written_without_them():
    for signed in (True, False):
        item = Item(
            name="a.xml",
            content=CONTENT,
            flags=0x0008,
            local={"crc": 0, "packed_size": 0, "size": 0},
            descriptor=descriptor(CONTENT, signed=signed),
        )
        archive = Archive.read(zipped(item, OTHER))
        assert archive.content("a.xml") == CONTENT
        assert Archive.read(archive.write({})).content("a.xml") == CONTENT


def test_folders_are_passed_over_and_kept():
    data = zipped(Item(name="word/", method=STORED), ENTRY)
    archive = Archive.read(data)
    assert archive.names == (ENTRY.name,)
    assert Archive.read(archive.write({})).names == (ENTRY.name,)


def test_padding_that_office_puts_into_a_local_header_is_accepted():
    assert Archive.read(zipped(Item(name="a.xml", content=CONTENT, local_extra=extra(0xA220, b"\0" * 40)))).names


REFUSED = {
    "nothing at all": b"",
    "no zip": b"PK\x03\x04 and then something else that is long enough",
    "bytes before": zipped(ENTRY, before=b"#!/bin/sh\n"),
    "bytes after": zipped(ENTRY, after=b"\n"),
    "a comment": zipped(ENTRY, comment=b"hello"),
    "bytes between": zipped(ENTRY, Item(name="b.xml", content=b"<b/>", before=b"hidden")),
    "bytes before the directory": zipped(ENTRY, tail=b"hidden"),
    "the same name twice": zipped(ENTRY, ENTRY),
    "the same name in another case": zipped(ENTRY, Item(name="word/Document.xml", content=CONTENT)),
    "the same name as a folder": zipped(ENTRY, Item(name="word/document.xml/", method=STORED)),
    "a name with a dot segment": zipped(ENTRY, Item(name="word/./document.xml", content=CONTENT)),
    "a name that climbs": zipped(Item(name="../document.xml", content=CONTENT)),
    "an absolute name": zipped(Item(name="/word/document.xml", content=CONTENT)),
    "a name with a backslash": zipped(Item(name="word\\document.xml", content=CONTENT)),
    "a name with a drive": zipped(Item(name="C:/document.xml", content=CONTENT)),
    "a name with an empty segment": zipped(Item(name="word//document.xml", content=CONTENT)),
    "a name that ends with a dot": zipped(Item(name="word/document.xml.", content=CONTENT)),
    "an empty name": zipped(Item(name="", content=CONTENT)),
    "a name with NUL": zipped(Item(name="word/a\0.xml", content=CONTENT)),
    "a name in no declared encoding": zipped(Item(name="ä.xml", content=CONTENT)),
    "an encrypted entry": zipped(Item(name="a.xml", content=CONTENT, flags=1)),
    "a masked header": zipped(Item(name="a.xml", content=CONTENT, flags=0x2000)),
    "a method that is not deflate": zipped(Item(name="a.xml", content=CONTENT, raw=CONTENT, both={"method": 12})),
    "deflate under another name": zipped(Item(name="a.xml", content=CONTENT, both={"method": 9})),
    "zip64": zipped(Item(name="a.xml", content=CONTENT, both={"version": 45})),
    "zip64 in the extra field": zipped(Item(name="a.xml", content=CONTENT, central_extra=extra(1, b"\0" * 8))),
    "a second name": zipped(Item(name="a.xml", content=CONTENT, local_extra=extra(0x7075, b"\1\0\0\0\0b.xml"))),
    "a damaged extra field": zipped(Item(name="a.xml", content=CONTENT, local_extra=b"\x01\xa0\xff\xff")),
    "a cut extra field": zipped(Item(name="a.xml", content=CONTENT, local_extra=b"\x01")),
    "a comment on an entry": zipped(Item(name="a.xml", content=CONTENT, comment=b"hello")),
    "a symbolic link": zipped(Item(name="a.xml", content=b"/etc/passwd", made_by=0x0314, attributes=0o120777 << 16)),
    "a symbolic link made on another system": zipped(Item(name="a.xml", content=b"b", attributes=0o120777 << 16)),
    "a device": zipped(Item(name="a.xml", made_by=0x0314, attributes=0o020666 << 16)),
    "a folder with content": zipped(Item(name="word/", content=CONTENT)),
    "another local name": zipped(Item(name="a.xml", content=CONTENT, local={"name": b"b.xml"})),
    "another local method": zipped(Item(name="a.xml", content=CONTENT, local={"method": STORED})),
    "another local flag": zipped(Item(name="a.xml", content=CONTENT, local={"flags": 2})),
    "another local time": zipped(Item(name="a.xml", content=CONTENT, local={"time": 7})),
    "another local size": zipped(Item(name="a.xml", content=CONTENT, local={"size": 7})),
    "another local checksum": zipped(Item(name="a.xml", content=CONTENT, local={"crc": 7})),
    "sizes missing without leave": zipped(
        Item(name="a.xml", content=CONTENT, local={"size": 0, "packed_size": 0, "crc": 0})
    ),
    "other sizes than those that follow": zipped(
        Item(name="a.xml", content=CONTENT, flags=8, local={"size": 7}, descriptor=descriptor(CONTENT))
    ),
    "a wrong checksum": zipped(Item(name="a.xml", content=CONTENT, both={"crc": 7})),
    "a size too small": zipped(Item(name="a.xml", content=CONTENT, both={"size": 7})),
    "a size too large": zipped(Item(name="a.xml", content=CONTENT, both={"size": 7000})),
    "a packed size too small": zipped(Item(name="a.xml", content=CONTENT, both={"packed_size": 7})),
    "a wrong size of what is stored": zipped(Item(name="a.xml", content=CONTENT, method=STORED, both={"size": 7})),
    "damaged content": zipped(Item(name="a.xml", content=CONTENT, raw=b"\xff" * 20)),
    "content after the content": zipped(Item(name="a.xml", content=CONTENT, raw=deflated(CONTENT) + b"more")),
    "a wrong descriptor": zipped(Item(name="a.xml", content=CONTENT, flags=8, descriptor=descriptor(b"other"))),
    "no descriptor": zipped(Item(name="a.xml", content=CONTENT, flags=8)),
    "two entries in one place": zipped(ENTRY, Item(name="b.xml", content=CONTENT, local={"name": b"b.xml"}, at=0)),
    "an entry outside the file": zipped(Item(name="a.xml", content=CONTENT, at=10**6)),
    "an entry not at a header": zipped(Item(name="a.xml", content=CONTENT, at=3)),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_an_archive_is_refused_that_has(data: bytes):
    assert refusal(data).detail.endswith(".")


def test_the_directory_of_the_refused_archives_is_otherwise_right():
    """Guard the table above: the same writer without a lie makes archives that are read."""
    for item in (ENTRY, Item(name="a.xml", content=CONTENT, method=STORED), Item(name="ä.xml", flags=0x0800)):
        assert Archive.read(zipped(item, OTHER)).content(item.name) == item.content


@pytest.mark.parametrize("form", [22, 46 + 22 + len(ENTRY.name)])
def test_an_archive_that_is_cut_off_is_refused(form: int):
    data = zipped(ENTRY)
    refusal(data[:-form])


@pytest.mark.parametrize(
    "limits",
    [Limits(file_size=100), Limits(entries=1), Limits(unpacked_size=len(CONTENT))],
    ids=["file", "entries", "unpacked"],
)
def test_limits_are_kept(limits: Limits):
    assert "allowed" in refusal(zipped(ENTRY, OTHER), limits).detail


def test_two_volumes_or_another_count_are_refused():
    data = bytearray(zipped(ENTRY, OTHER))
    for at, value in ((4, 1), (6, 1), (8, 1), (10, 3)):
        changed = bytearray(data)
        struct.pack_into("<H", changed, len(data) - 22 + at, value)
        refusal(bytes(changed))


def with_end(data: bytes, *, between: bytes = b"", more: int = 0, entries: int = 0) -> bytes:
    """Write the end record anew, with bytes before it, a directory that is longer, or more entries."""
    end = list(struct.unpack("<IHHHHIIH", data[-22:]))
    end[3:6] = [end[3] + entries, end[4] + entries, end[5] + more]
    return data[:-22] + between + struct.pack("<IHHHHIIH", *end)


def test_the_directory_and_the_end_record_account_for_one_another():
    data = zipped(ENTRY, OTHER)
    assert with_end(data) == data
    refusal(with_end(data, between=b"hidden"))
    refusal(with_end(data, between=b"hidden", more=6))
    refusal(with_end(data, between=b"hidden" * 20, more=120, entries=1))
    refusal(with_end(data, entries=1))
    refusal(with_end(data, more=-6))
    refusal(data[:-2] + b"\x05\x00")
    refusal(data[:-22] + b"PK\x06\x05" + data[-18:])


def test_an_entry_that_does_not_begin_as_one_is_refused():
    data = zipped(ENTRY)
    refusal(b"PK\x03\x05" + data[4:])


@pytest.mark.parametrize(("offset", "value"), [(0, 0x50), (28, 200), (34, 1)], ids=["signature", "name", "volume"])
def test_a_damaged_directory_is_refused(offset: int, value: int):
    data = bytearray(zipped(ENTRY))
    start = data.rindex(b"PK\x01\x02")
    data[start + offset] ^= value
    refusal(bytes(data))


@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_changed_bit_is_found_or_changes_nothing_that_is_read(at: int, bit: int):
    data = bytearray(zipped(ENTRY, OTHER))
    data[at % len(data)] ^= 1 << bit
    try:
        archive = Archive.read(bytes(data))
        contents = {name: archive.content(name) for name in archive.names}
    except BrokenPackage:
        return
    # Attributes and the like are nobody's business; names are read from both headers, and contents have checksums.
    assert contents == {ENTRY.name: CONTENT, OTHER.name: OTHER.content}


def test_what_deflates_well_is_accepted_below_a_megabyte_and_refused_above():
    small, large = b"\0" * 1_000_000, b"\0" * 1_100_000
    assert Archive.read(zipped(Item(name="a.bin", content=small))).content("a.bin") == small
    assert "times" in refusal(zipped(Item(name="a.bin", content=large))).detail


def test_many_entries_that_deflate_well_are_refused_together():
    items = [Item(name=f"{number}.bin", content=b"\0" * 900_000, method=DEFLATED) for number in range(3)]
    assert "times" in refusal(zipped(*items)).detail


def test_one_entry_that_deflates_too_well_is_refused_beside_others_that_do_not():
    bomb = Item(name="a.bin", content=b"\0" * 1_100_000)
    ballast = Item(name="b.bin", content=bytes(range(256)) * 100, method=STORED)
    assert refusal(zipped(bomb, ballast)).part == "a.bin"


def test_a_large_package_that_does_not_deflate_much_is_read():
    content = b"".join(number.to_bytes(4) for number in range(400_000))
    assert Archive.read(zipped(Item(name="a.bin", content=content, method=STORED))).content("a.bin") == content


def test_a_stream_that_never_ends_is_refused():
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    endless = packer.compress(CONTENT) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert zlib.decompressobj(-15).decompress(endless) == CONTENT
    refusal(zipped(Item(name="a.xml", content=CONTENT, raw=endless)))


def test_what_has_exactly_the_allowed_size_is_read():
    data = zipped(ENTRY, OTHER)
    size = len(ENTRY.content) + len(OTHER.content)
    assert Archive.read(data, Limits(file_size=len(data), entries=2, unpacked_size=size)).names
    refusal(data, Limits(unpacked_size=size - 1))
    refusal(data, Limits(file_size=len(data) - 1))


def test_only_a_name_outside_ascii_is_flagged_as_utf_8():
    flags = [zipfile.ZipFile(io.BytesIO(assemble([pack(name, b"")]))).infolist()[0].flag_bits for name in ("a", "ä")]
    assert flags == [0, 0x0800]


def test_what_does_not_deflate_is_stored():
    assert pack("a.bin", bytes(range(256))).method == STORED
    assert pack("a.bin", b"a" * 256).method == DEFLATED
