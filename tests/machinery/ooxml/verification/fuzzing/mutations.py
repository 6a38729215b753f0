"""Ways to change a good file: its entries, its headers, its octets. Each draws what it needs from a chance."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tests.machinery.ooxml.verification.documents import RELATIONSHIPS, TYPES, default, override, relationship
from tests.machinery.ooxml.verification.fuzzing.edits import EDITS, element, elements, spliced
from tests.machinery.ooxml.verification.fuzzing.words import CONTENTS, LARGE_NUMBERS, LINKS, NAMES, NUMBERS, VALUES
from tests.machinery.opc.zips import DEFLATED, STORED, Item, descriptor

Items = list[Item]
Mutation = Callable[[random.Random, Items, Sequence[Items]], Items]  # the last are the entries of other good files
Damage = Callable[[random.Random, bytes], bytes]

_SIGNATURE: Final = re.compile(r"^_xmlsignatures/sig\d+\.xml$")
_PLUMBING: Final = re.compile(r"\.rels$|^_xmlsignatures/|^\[Content_Types\]\.xml$")


def _any(chance: random.Random, items: Items) -> int:
    """Choose an entry; those that say how others are to be read are chosen more often, and signatures most."""
    for pattern, share in ((_SIGNATURE, 0.4), (_PLUMBING, 0.7)):
        found = [at for at, each in enumerate(items) if pattern.search(each.name)]
        if found and chance.random() < share:
            return chance.choice(found)
    return chance.randrange(len(items))


def _with(items: Items, at: int, content: bytes) -> Items:
    return [*items[:at], replace(items[at], content=content, raw=None), *items[at + 1 :]]


def _edited(edit: Callable[[random.Random, bytes], bytes]) -> Mutation:
    """Edit the content of one entry."""

    def mutation(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
        if not items:
            return items
        at = _any(chance, items)
        return _with(items, at, edit(chance, items[at].content))

    mutation.__name__ = edit.__name__
    return mutation


# Entries


def _drop(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    at = chance.randrange(len(items)) if items else 0
    return items[:at] + items[at + 1 :]


def _double(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    if not items:
        return items
    one = items[_any(chance, items)]
    name = chance.choice((one.name, one.name.upper(), one.name.title(), *NAMES))
    return [*items, replace(one, name=name, content=chance.choice((one.content, *CONTENTS)), raw=None)]


def _rename(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    if not items:
        return items
    at = _any(chance, items)
    name = chance.choice((items[at].name.swapcase(), f"{items[at].name}x", f"x/{items[at].name}", *NAMES))
    return [*items[:at], replace(items[at], name=name), *items[at + 1 :]]


def _swap(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    if not items:
        return items
    one, other = _any(chance, items), _any(chance, items)
    swapped = _with(items, one, items[other].content)
    return _with(swapped, other, items[one].content)


def _copy(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    if not items:
        return items
    return _with(items, _any(chance, items), items[_any(chance, items)].content)


def _shuffle(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    return chance.sample(items, len(items))


def _add(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    """Add a part as an attacker does, with a type and a link."""
    name, kind = chance.choice(NAMES), chance.choice(VALUES)
    lines = {
        TYPES: chance.choice((override(f"/{name}", kind), default(name.rpartition(".")[2], kind), "")),
        chance.choice(("_rels/.rels", RELATIONSHIPS, "_xmlsignatures/_rels/origin.sigs.rels")): chance.choice(
            (relationship(f"rId{chance.randint(1, 20)}", chance.choice(VALUES), chance.choice((name, f"/{name}"))), "")
        ),
    }
    added = [_with_line(each, lines.get(each.name, "")) for each in items]
    return [*added, Item(name=name, content=chance.choice(CONTENTS))]


def _add_a_link(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    """Link what is there in one more way."""
    names = [each.name for each in items]
    line = relationship(f"rId{chance.randint(5, 20)}", chance.choice(LINKS), f"/{chance.choice(names or ['a'])}")
    name = chance.choice([name for name in names if name.endswith(".rels")] or [""])
    return [_with_line(each, line if each.name == name else "") for each in items]


def _add_a_part(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    """Add a part that nothing leads to and that has the usual type."""
    return [*items, Item(name=f"word/a{chance.randrange(10)}.xml", content=chance.choice(CONTENTS))]


def _with_line(item: Item, line: str) -> Item:
    """Add a line before the end of a list of content types or relationships."""
    head, end, tail = item.content.rpartition(b"</")
    return replace(item, content=head + line.encode() + end + tail, raw=None) if line else item


def _graft(chance: random.Random, items: Items, others: Sequence[Items]) -> Items:
    """Take the entry of the same name from another good file."""
    if not items:
        return items
    at = _any(chance, items)
    found = [each.content for other in others for each in other if each.name == items[at].name]
    return _with(items, at, chance.choice(found)) if found else items


def _graft_an_element(chance: random.Random, items: Items, others: Sequence[Items]) -> Items:
    """Take an element of the same name from an entry of another good file."""
    if not items:
        return items
    at = _any(chance, items)
    one = element(chance, items[at].content)
    donors = [each.content for other in others for each in other if _PLUMBING.search(each.name)]
    if one is None or not donors:
        return items
    found = elements(chance.choice(donors), one.name)
    piece = chance.choice(found).text if found else b""
    return _with(items, at, spliced(items[at].content, one.start, one.end, piece))


# Headers


def _lie(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    """Write another field into one header, or into both."""
    if not items:
        return items
    at = chance.randrange(len(items))
    field = chance.choice(("version", "flags", "method", "time", "date", "crc", "packed_size", "size", "name"))
    value: int | bytes = chance.choice(NUMBERS)
    if field in ("crc", "packed_size", "size"):
        value = chance.choice(LARGE_NUMBERS)
    if field == "name":
        value = chance.choice(NAMES).encode()
    where = chance.choice(("local", "central", "both"))
    return [*items[:at], replace(items[at], **{where: {field: value}}), *items[at + 1 :]]


def _decorate(chance: random.Random, items: Items, _: Sequence[Items]) -> Items:
    """Use a feature of zip."""
    if not items:
        return items
    at = chance.randrange(len(items))
    one = items[at]
    blank: dict[str, int | bytes] = {"crc": 0, "packed_size": 0, "size": 0}
    extra = chance.choice(
        (b"\xca\xfe\0\0", b"\x01\0\x08\0" + bytes(8), b"\x75\x70\x05\0\x01evil", b"\x55\x54\x01\0\0", b"a")
    )
    changed = chance.choice(
        (
            replace(one, flags=0x8, local=blank, descriptor=descriptor(one.content, signed=chance.random() < 0.5)),
            replace(one, method=STORED if one.method == DEFLATED else DEFLATED, raw=None),
            replace(one, method=STORED, flags=0x8, local=blank, raw=None, descriptor=descriptor(one.content)),
            replace(one, local_extra=extra),
            replace(one, central_extra=extra),
            replace(one, comment=b"evil"),
            replace(one, before=chance.choice((b"\0", b"evil", b"PK\x03\x04"))),
            replace(one, flags=chance.choice((0x1, 0x2, 0x4, 0x6, 0x20, 0x40, 0x800, 0x2000))),
            replace(
                one, attributes=chance.choice((0x10, 0o120777 << 16, 0o100644 << 16, 0o040755 << 16)), made_by=0x0314
            ),
            replace(one, at=chance.choice((0, 1, 100, 0xFFFF))),
            replace(one, raw=one.content[::-1]),
        )
    )
    return [*items[:at], changed, *items[at + 1 :]]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    *map(_edited, EDITS),
    _add_a_link, _add_a_part, _drop, _double,
    _rename, _swap, _copy, _shuffle, _add, _graft, _graft, _graft_an_element, _graft_an_element,
    _graft_an_element, _lie, _decorate,
)  # fmt: skip


# Octets of the whole file


def _flip_a_bit(chance: random.Random, data: bytes) -> bytes:
    octets = bytearray(data)
    # Headers lie before the contents and at the end; the contents have their checksums.
    at = chance.choice((chance.randrange(len(octets)), len(octets) - 1 - chance.randrange(min(len(octets), 2000))))
    octets[at] ^= 1 << chance.randrange(8)
    return bytes(octets)


def _cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 4, 30, 46, len(data))) :]


def _lengthen(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    piece = chance.choice((b"\0", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), data[start : start + 200], data))
    at = chance.choice((0, len(data), start))
    return data[:at] + piece + data[at:]


def _untouched(_: random.Random, data: bytes) -> bytes:
    return data


DAMAGES: Final[tuple[Damage, ...]] = (*[_untouched] * 12, _flip_a_bit, _cut, _lengthen)
