"""A package: archive, content types and relationships read together, and the questions one asks of it."""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final, Self

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.archive import Archive
from kanta_tenancy.machinery.opc.content_types import ContentTypes
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.limits import LIMITS, Limits
from kanta_tenancy.machinery.opc.markup import parse
from kanta_tenancy.machinery.opc.names import (
    CONTENT_TYPES_ITEM,
    OFFICE_DOCUMENT,
    PACKAGE_SOURCE,
    RELATIONSHIPS_TYPE,
    WORD_DOCUMENT_TYPE,
)
from kanta_tenancy.machinery.opc.relationships import (
    Relationship,
    Relationships,
    relationships_part,
    resolve,
    source_of,
)
from kanta_tenancy.machinery.opc.remembering import remembered

# Plain ASCII without escapes: LibreOffice cannot verify other characters, nor POI spaces, and an escape is a second
# spelling of a name.
_PART_NAME: Final = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=@-]+)+")
_OF_MACROS: Final = ("macroenabled", "vbaproject", "vbadata")
_REMEMBERED_UP_TO: Final = 16 * 1024  # bytes of names and content types
_read_content_types: Final = remembered(ContentTypes.parse)
_NO_RELATIONSHIPS: Final = Relationships(source="", by_id={})


class _Plan(Record, frozen=True, kw_only=True):
    """What the names of a package's entries and its content types tell; documents made alike share it."""

    content_types: Mapping[str, str]  # of every part, by its name
    parts: Mapping[str, str]  # of those that are not relationships parts
    sources: tuple[str, ...]  # of the relationships parts
    macros: tuple[str, ...]  # parts that carry macros or declare that they may


class Package:
    """A package that can be read; `part` arguments and results are part names such as `/word/document.xml`."""

    def __init__(
        self,
        archive: Archive,
        declared: ContentTypes,
        plan: _Plan,
        relationships: Mapping[str, Relationships],
    ) -> None:
        self.archive = archive
        self.declared = declared
        self.content_types = plan.content_types  # of every part, by its name
        self.parts = plan.parts  # every part but the relationships parts, with its content type
        self.macros = plan.macros  # the parts that carry macros or declare that they may
        self._relationships = relationships

    @classmethod
    def read(cls, data: bytes, limits: Limits = LIMITS) -> Self:
        """Open a package: its directory, its content types and all its relationships.

        Raises:
            BrokenPackage: R0 (archive), R1 (XML) or R8 (content types, part names, relationships) is broken.
        """
        archive = Archive.read(data, limits)
        if CONTENT_TYPES_ITEM not in archive:
            raise BrokenPackage(detail="The archive has no [Content_Types].xml.", rule="R8")
        types = archive.content(CONTENT_TYPES_ITEM)
        is_small = len(types) <= _REMEMBERED_UP_TO and sum(map(len, archive.names)) <= _REMEMBERED_UP_TO
        plan = _remembered_plan(archive.names, types) if is_small else _planned(archive.names, types)
        relationships = {
            source: Relationships.parse(archive.content(relationships_part(source)[1:]), source)
            for source in plan.sources
        }
        return cls(archive, _read_content_types(types), plan, relationships)

    def content(self, part: str) -> bytes:
        return self.archive.content(part[1:])

    def xml(self, part: str) -> etree._Element:
        return parse(self.content(part), part)

    def relationships(self, source: str = PACKAGE_SOURCE) -> Relationships:
        return self._relationships.get(source, _NO_RELATIONSHIPS)

    def all_relationships(self) -> Iterator[tuple[str, Relationship]]:
        """Go through every relationship of the package with the source that it belongs to."""
        for source, relationships in self._relationships.items():
            for relationship in relationships:
                yield source, relationship

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self._relationships)

    def target(self, source: str, relationship: Relationship) -> str | None:
        """Return the part that a relationship leads to; None when it is external or leads to no part."""
        if relationship.external:
            return None
        part = resolve(source, relationship.target)
        return part if part in self.content_types else None

    def main_part(self) -> str:
        """Return the one main part of a Word document without macros.

        Raises:
            BrokenPackage: there is none, or more than one, or it is something else (R4).
        """
        leading = self.relationships().of_type(OFFICE_DOCUMENT)
        if len(leading) != 1:
            raise _no_document(f"The package has {len(leading)} main documents where one is needed.")
        part = self.target(PACKAGE_SOURCE, leading[0])
        if part is None:
            raise _no_document("The main document is not in the package.")
        kind = self.content_types[part]
        if kind != WORD_DOCUMENT_TYPE:
            raise _no_document(f"The main document is not a Word document without macros but {kind}.", part)
        others = [name for name, other in self.content_types.items() if other == WORD_DOCUMENT_TYPE and name != part]
        if others:
            raise _no_document("There is a second main document.", others[0])
        return part


@functools.lru_cache(maxsize=64)
def _remembered_plan(names: tuple[str, ...], content_types: bytes) -> _Plan:
    return _planned(names, content_types)


def _planned(names: tuple[str, ...], content_types: bytes) -> _Plan:
    types = _typed_parts(names, _read_content_types(content_types))
    _check_nesting(types)
    return _Plan(
        content_types=types,
        parts={part: kind for part, kind in types.items() if kind != RELATIONSHIPS_TYPE},
        sources=tuple(_sources(types)),
        macros=tuple(part for part, kind in types.items() if any(each in kind.lower() for each in _OF_MACROS)),
    )


def _typed_parts(names: tuple[str, ...], declared: ContentTypes) -> dict[str, str]:
    types: dict[str, str] = {}
    for name in names:
        if name == CONTENT_TYPES_ITEM:
            continue
        part = f"/{name}"
        if not _PART_NAME.fullmatch(part):
            raise _repair("The name of the part is not plain ASCII without spaces and escapes.", part)
        kind = declared.of(part)
        if kind is None:
            raise _repair("The part has no content type.", part)
        types[part] = kind
    return types


def _check_nesting(types: Mapping[str, str]) -> None:
    lowered = {part.lower() for part in types}
    for part in lowered:
        folder = part.rpartition("/")[0]
        while folder:
            if folder in lowered:
                raise _repair("The name of the part continues the name of another part.", part)
            folder = folder.rpartition("/")[0]


def _sources(types: Mapping[str, str]) -> Iterator[str]:
    for part, kind in types.items():
        source = source_of(part)
        if (source is not None) != (kind == RELATIONSHIPS_TYPE):
            raise _repair("The part has the name or the content type of relationships, but not both.", part)
        if source is None:
            continue
        if source != PACKAGE_SOURCE and (source not in types or source_of(source) is not None):
            raise _repair("The relationships belong to no part of the package.", part)
        yield source


def _repair(detail: str, part: str) -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R8", part=part)


def _no_document(detail: str, part: str = "") -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R4", part=part)
