"""The manifest that a new signature gets: every part and every relationship but metadata and signatures.

Source: ECMA-376-2, 5th edition, 10.4.5; rules R5 and R6 (docs/signatures.md).
"""

import functools
from collections.abc import Iterator
from typing import Final

from kanta_tenancy.machinery.ooxml.layout.canonical import attribute
from kanta_tenancy.machinery.ooxml.layout.digests import DIGEST_METHOD, sha256
from kanta_tenancy.machinery.ooxml.names import C14N, PACKAGE_SIGNATURE_NS, RELATIONSHIP_TRANSFORM
from kanta_tenancy.machinery.ooxml.signing.place import Place
from kanta_tenancy.machinery.opc.archive import Packed
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import Relationships, relationships_part

# Documents made from one template differ in few parts; the others need neither unpacking nor digesting again.
_REMEMBERED_UP_TO: Final = 4 * 1024  # bytes, packed


def manifest(package: Package, place: Place) -> str:
    """Write the references to everything that is signed, in canonical form, ordered by part as Office does."""
    references = {**dict(_to_parts(package, place)), **dict(_to_relationships(package, place))}
    return "".join(references[part] for part in sorted(references))


def _to_parts(package: Package, place: Place) -> Iterator[tuple[str, str]]:
    for part, kind in package.parts.items():
        if part not in place.exempt.parts:
            yield part, _part_reference(package, part, kind)


def _part_reference(package: Package, part: str, kind: str) -> str:
    packed = package.archive.packed(part[1:])
    if len(packed.raw) > _REMEMBERED_UP_TO:
        return _reference(part, kind, "", package.content(part))
    return _remembered_reference(part, kind, packed)


@functools.lru_cache(maxsize=256)
def _remembered_reference(part: str, kind: str, packed: Packed) -> str:
    return _reference(part, kind, "", packed.content())


def _to_relationships(package: Package, place: Place) -> Iterator[tuple[str, str]]:
    for source in package.sources:
        relationships = package.relationships(source)
        ids = sorted(one.id for one in relationships if (source, one.id) not in place.exempt.relationships)
        if ids:
            part = relationships_part(source)
            yield part, _relationships_reference(package, part, relationships, ids)


def _relationships_reference(package: Package, part: str, relationships: Relationships, ids: list[str]) -> str:
    selected = "".join(
        f'<mdssi:RelationshipReference xmlns:mdssi="{PACKAGE_SIGNATURE_NS}" SourceId="{attribute(one)}">'
        "</mdssi:RelationshipReference>"
        for one in ids
    )
    transforms = (
        f'<Transforms><Transform Algorithm="{RELATIONSHIP_TRANSFORM}">{selected}</Transform>'
        f'<Transform Algorithm="{C14N}"></Transform></Transforms>'
    )
    return _reference(part, package.content_types[part], transforms, relationships.canonical(ids))


def _reference(part: str, kind: str, transforms: str, octets: bytes) -> str:
    return (
        f'<Reference URI="{attribute(f"{part}?ContentType={kind}")}">{transforms}'
        f"{DIGEST_METHOD}<DigestValue>{sha256(octets)}</DigestValue></Reference>"
    )
