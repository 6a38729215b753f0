"""Relationships: which part leads to which, and the bytes of them that a signature covers."""

import functools
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, Self

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.markup import DECLARATION, has_text, parse
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE, RELATIONSHIPS_NS
from kanta_tenancy.machinery.opc.remembering import remembered

_ROOT: Final = f"{{{RELATIONSHIPS_NS}}}Relationships"
_RELATIONSHIP: Final = f"{{{RELATIONSHIPS_NS}}}Relationship"
_REQUIRED: Final = frozenset({"Id", "Type", "Target"})
_MODES: Final = {None: False, "Internal": False, "External": True}
_SHORT: Final = 512  # characters of a relationship that is remembered
_LONGEST_TARGET: Final = 2048  # characters that lead to a part
_ID: Final = re.compile(r"[^\W\d][\w.-]*")  # xsd:ID
_FAITHFUL_TARGET: Final = re.compile(r'[^&<>"\'\t\r\n]*')
# The one form of a .rels part that Office, Apache POI and LibreOffice all digest alike: UTF-8, the default
# namespace and no other, nothing between the elements.
_PLAIN: Final = re.compile(
    rb"(?:<\?xml [^<>]*?encoding=[\"'][Uu][Tt][Ff]-8[\"'][^<>]*\?>\s*)?"
    rb"<Relationships xmlns=\"" + re.escape(RELATIONSHIPS_NS.encode()) + rb"\">"
    rb"(?:<Relationship(?:\s+[A-Za-z]+=\"[^\"<]*\")+\s*/>)*</Relationships>\s*"
)
_CANONICAL: Final = {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#x9;", "\n": "&#xA;", "\r": "&#xD;"}
_CANONICAL_TABLE: Final = str.maketrans(_CANONICAL)


class Relationship(Record, frozen=True, kw_only=True):
    id: str
    type: str
    target: str  # as written; `resolve` says which part it means
    external: bool = False


class Relationships(Record, frozen=True, kw_only=True):
    """The relationships of one source, a part or the package itself, in the order written."""

    source: str  # a part name, or `/` for the package
    by_id: Mapping[str, Relationship]

    @classmethod
    def parse(cls, data: bytes, source: str) -> Self:
        """Read a `.rels` part.

        Raises:
            BrokenPackage: it is not XML (R1), or has what a reader would have to guess at or repair (R8).
        """
        try:
            by_id = _by_id(data)
        except BrokenPackage as broken:
            part = relationships_part(source)
            raise BrokenPackage(detail=broken.detail, rule=broken.rule, part=part) from None
        return cls(source=source, by_id=by_id)

    def __iter__(self) -> Iterator[Relationship]:
        return iter(self.by_id.values())

    @property
    def part(self) -> str:
        return relationships_part(self.source)

    def of_type(self, types: Collection[str]) -> list[Relationship]:
        return [relationship for relationship in self if relationship.type in types]

    def unused_id(self) -> str:
        """Return an id that no relationship has yet."""
        number = len(self.by_id) + 1
        while f"rId{number}" in self.by_id:
            number += 1
        return f"rId{number}"

    def canonical(self, ids: Collection[str]) -> bytes:
        """Return what a signature that selects these ids digests: the relationships transform, then C14N 1.0.

        Ids that are not there select nothing; whether that is acceptable, the caller decides.

        Source:
            ECMA-376-2, 5th edition, 10.5.9.9.
        """
        lines = "".join(_canonical(self.by_id[name]) for name in sorted(set(ids) & self.by_id.keys()))
        return f'<Relationships xmlns="{RELATIONSHIPS_NS}">{lines}</Relationships>'.encode()

    def to_xml(self) -> bytes:
        """Write the `.rels` part in the form that every verifier reads alike."""
        lines = "".join(_written(relationship) for relationship in self)
        return f'{DECLARATION}<Relationships xmlns="{RELATIONSHIPS_NS}">{lines}</Relationships>'.encode()

    def misread_targets(self) -> list[Relationship]:
        """Return the relationships that LibreOffice 7.4 canonicalises wrongly, so that they should not be signed."""
        return [one for one in self if not all(map(_FAITHFUL_TARGET.fullmatch, (one.id, one.target, one.type)))]


def is_plain(data: bytes) -> bool:
    """Tell whether every known verifier digests this `.rels` part alike, whatever it says.

    Whitespace or comments between the elements mislead LibreOffice, a prefix or UTF-16 mislead Apache POI,
    another namespace declaration both. A part that is not plain can be rewritten by `Relationships.to_xml`.
    """
    return _PLAIN.fullmatch(data) is not None


def relationships_part(source: str) -> str:
    """Return the name of the `.rels` part of a source: `/word/document.xml` → `/word/_rels/document.xml.rels`."""
    folder, _, name = source.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def source_of(part: str) -> str | None:
    """Return the source that a `.rels` part speaks of, or None when the name is not one of a `.rels` part."""
    folder, _, name = part.rpartition("/")
    if not name.endswith(".rels") or not folder.endswith("/_rels"):
        return None
    return f"{folder.removesuffix('/_rels')}/{name.removesuffix('.rels')}"


def resolve(source: str, target: str) -> str | None:
    """Return the part name that an internal target means, or None when it means no part.

    A target with a scheme, an authority, a query, a fragment or an escape names no part here: each
    is something that two readers could take for two things. So does one that is longer than any name.
    """
    return _resolved(source, target) if len(target) <= _LONGEST_TARGET else None


@functools.lru_cache(maxsize=1024)
def _resolved(source: str, target: str) -> str | None:
    if not target or target.startswith("//") or set(target) & set(":?#%\\"):
        return None
    base = PACKAGE_SOURCE if source == PACKAGE_SOURCE else posixpath.dirname(source)
    path = posixpath.join(base, target)
    depth = 0
    for segment in path.split("/")[1:]:
        depth += {"..": -1, ".": 0}.get(segment, 1)
        if depth < 0 or not segment:
            return None
    return posixpath.normpath(path)


@remembered
def _by_id(data: bytes) -> Mapping[str, Relationship]:
    root = parse(data, "")
    if root.tag != _ROOT or root.attrib or has_text(root):
        raise _broken("The root element is not a plain Relationships, or there is text in it.")
    by_id: dict[str, Relationship] = {}
    for element in root:
        if not isinstance(element.tag, str):
            continue  # a comment relates nothing
        relationship = _relationship(element)
        if relationship.id in by_id:
            raise _broken(f"Two relationships have the id {relationship.id}.")
        by_id[relationship.id] = relationship
    return by_id


def _relationship(element: etree._Element) -> Relationship:
    attributes = set(map(str, element.keys()))
    if element.tag != _RELATIONSHIP or not _REQUIRED <= attributes <= _REQUIRED | {"TargetMode"}:
        raise _broken("There is an element that is no Relationship, or one with other attributes.")
    if len(element):
        raise _broken("There is an element in a Relationship.")
    mode = element.get("TargetMode")
    found = Relationship(
        id=str(element.get("Id")),
        type=str(element.get("Type")),
        target=str(element.get("Target")),
        external=_MODES.get(mode, False),
    )
    if mode not in _MODES or not _ID.fullmatch(found.id) or not found.type or not found.target:
        raise _broken(f"The relationship {found.id!r} has an id, type, target or mode that cannot be.")
    return found


def _canonical(relationship: Relationship) -> str:
    is_short = len(relationship.target) + len(relationship.type) + len(relationship.id) <= _SHORT
    return _remembered_canonical(relationship) if is_short else _canonical_anew(relationship)


def _canonical_anew(one: Relationship) -> str:
    return (
        f'<Relationship Id="{_attribute(one.id)}" Target="{_attribute(one.target)}" '
        f'TargetMode="{"External" if one.external else "Internal"}" Type="{_attribute(one.type)}"></Relationship>'
    )


_remembered_canonical: Final = functools.lru_cache(maxsize=1024)(
    _canonical_anew
)  # those of a template come again and again


def _written(relationship: Relationship) -> str:
    mode = ' TargetMode="External"' if relationship.external else ""
    return (
        f'<Relationship Id="{_attribute(relationship.id)}" Type="{_attribute(relationship.type)}" '
        f'Target="{_attribute(relationship.target)}"{mode}/>'
    )


def _attribute(value: str) -> str:
    return value.translate(_CANONICAL_TABLE)


def _broken(detail: str) -> BrokenPackage:
    return BrokenPackage(detail=detail, rule="R8")
