"""What a signature need not cover: the signatures' own parts, and metadata as Office leaves it out (R5, R6)."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.plumbing import Plumbing
from kanta_tenancy.machinery.opc import Package
from kanta_tenancy.machinery.opc.names import (
    CORE_PROPERTIES,
    CORE_PROPERTIES_TYPE,
    CUSTOM_PROPERTIES,
    CUSTOM_PROPERTIES_TYPE,
    EXTENDED_PROPERTIES,
    EXTENDED_PROPERTIES_TYPE,
    PACKAGE_SOURCE,
    THUMBNAIL,
    THUMBNAIL_TYPES,
)

# What Office leaves unsigned because it changes without the content changing: a reviewed list. Metadata is known by
# the package's own relationship to it and its content type, never by its path.
METADATA: Final[Mapping[tuple[str, ...], frozenset[str]]] = {
    CORE_PROPERTIES: frozenset({CORE_PROPERTIES_TYPE}),
    EXTENDED_PROPERTIES: frozenset({EXTENDED_PROPERTIES_TYPE}),
    CUSTOM_PROPERTIES: frozenset({CUSTOM_PROPERTIES_TYPE}),
    THUMBNAIL: THUMBNAIL_TYPES,
}


class Exempt(Record, frozen=True, kw_only=True):
    """What need not be signed: parts, and relationships by source and id."""

    parts: frozenset[str]
    relationships: frozenset[tuple[str, str]]


def exempt(package: Package, plumbing: Plumbing) -> Exempt:
    """Find the metadata and the signatures' own parts of a package."""
    parts, relationships = set(plumbing.parts), set(plumbing.relationships)
    own = package.relationships(PACKAGE_SOURCE)
    for types, content_types in METADATA.items():
        leading = own.of_type(types)
        if len(leading) != 1:
            continue  # none, or more than a reader can tell apart
        part = package.target(PACKAGE_SOURCE, leading[0])
        if part is not None and package.content_types[part] in content_types:
            parts.add(part)
            relationships.add((PACKAGE_SOURCE, leading[0].id))
    return Exempt(parts=frozenset(parts), relationships=frozenset(relationships))
