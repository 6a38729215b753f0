"""What a package says apart from its signatures and metadata, so that two packages can be held against each other.

The digest outlives what may be added to a document that is signed: further signatures, later timestamps.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from kanta_tenancy.machinery.ooxml.names import (
    ORIGIN_RELATIONSHIP,
    ORIGIN_TYPE,
    SIGNATURE_TYPE,
    UNSIGNED_RELATIONSHIPS,
)
from kanta_tenancy.machinery.opc.names import (
    CORE_PROPERTIES_TYPE,
    CUSTOM_PROPERTIES_TYPE,
    EXTENDED_PROPERTIES_TYPE,
    PACKAGE_SOURCE,
    THUMBNAIL_TYPES,
)
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import relationships_part

_METADATA_TYPES: Final = frozenset(
    {CORE_PROPERTIES_TYPE, CUSTOM_PROPERTIES_TYPE, EXTENDED_PROPERTIES_TYPE, *THUMBNAIL_TYPES}
)


def contents(package: Package) -> Mapping[str, str]:
    """Return each part that carries content, its relationships included, with a digest of its type and bytes.

    A relationships part counts by what it relates, not by how it is written: signing may write it anew.
    """
    apart = _metadata(package)
    found = {
        part: _digest(kind.encode() + b"\0" + package.content(part))
        for part, kind in package.parts.items()
        if kind not in (ORIGIN_TYPE, SIGNATURE_TYPE) and part not in apart
    }
    for source in package.sources:
        if package.content_types.get(source) == ORIGIN_TYPE:
            continue
        relationships = package.relationships(source)
        ids = [one.id for one in relationships if one.type not in UNSIGNED_RELATIONSHIPS]
        if ids:
            found[relationships_part(source)] = _digest(relationships.canonical(ids))
    return found | _unsigned_origin(package)


def content_digest(package: Package) -> str:
    """Return one SHA-256 (hexadecimal) over all contents, in the order of their names."""
    lines = "".join(f"{part}\0{digest}\n" for part, digest in sorted(contents(package).items()))
    return _digest(lines.encode())


def differences(expected: Package, found: Package) -> list[str]:
    """Say, part by part, how `found` differs in content from `expected`."""
    before, after = contents(expected), contents(found)
    told = [f"{part} was changed" for part in before if part in after and before[part] != after[part]]
    told += [f"{part} was removed" for part in before if part not in after]
    told += [f"{part} was added" for part in after if part not in before]
    return sorted(told)


def _metadata(package: Package) -> frozenset[str]:
    # Recognised by relationship type and content type together: a path or one of the two alone is a hole.
    return frozenset(
        part
        for one in package.relationships(PACKAGE_SOURCE)
        if one.type in UNSIGNED_RELATIONSHIPS - {ORIGIN_RELATIONSHIP}
        and (part := package.target(PACKAGE_SOURCE, one)) is not None
        and package.content_types[part] in _METADATA_TYPES
    )


def _unsigned_origin(package: Package) -> dict[str, str]:
    # The origin's own relationships lead to signatures and are plumbing; to anything else, they are content.
    origins = [part for part, kind in package.parts.items() if kind == ORIGIN_TYPE]
    return {
        relationships_part(source): _digest(b"relationships of an origin that lead elsewhere")
        for source in origins
        if any(
            package.content_types.get(package.target(source, one) or "") != SIGNATURE_TYPE
            for one in package.relationships(source)
        )
    }


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
