"""A document opened to take signatures: read once, signed as often as asked, written once.

Source: ECMA-376-2, 5th edition, clause 10.
"""

from collections.abc import Mapping
from typing import Final, Self

import msgspec

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.layout.signature_part import Ids
from kanta_tenancy.machinery.ooxml.names import (
    ORIGIN_RELATIONSHIP,
    ORIGIN_TYPE,
    SIGNATURE_RELATIONSHIP,
    SIGNATURE_TYPE,
)
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine, has_line, lines_of, signed_setup_ids
from kanta_tenancy.machinery.ooxml.signing.manifest import manifest
from kanta_tenancy.machinery.ooxml.signing.place import Place
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_ITEM
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import Relationship, Relationships, is_plain, relationships_part

_SIGS: Final = "sigs"  # the extension of the origin


class Envelope(Record, frozen=True, kw_only=True):
    package: Package
    place: Place
    manifest: str  # what every signature put in now covers
    written_anew: Mapping[str, bytes]  # relationships in another form, by entry
    added: Mapping[str, bytes]  # signatures since it was opened, by part
    lines_taken: frozenset[str]  # the setup ids, in upper case, that those are on

    @classmethod
    def open(cls, data: bytes) -> Self:
        """Read a document and check that it can be signed.

        Raises:
            BrokenPackage: it breaks one of the rules R0, R1, R4 and R8.
            CannotSign: it breaks one of the others, or verifiers would read what is signed differently.
        """
        package = Package.read(data)
        package.main_part()
        place = Place.of(package)
        _check_targets(package)
        return cls(
            package=package,
            place=place,
            manifest=manifest(package, place),
            written_anew=_normalised(package, place),
            added={},
            lines_taken=frozenset(),
        )

    def free_part(self) -> str:
        """Return the name of the part for the next signature."""
        folder = self.place.origin.rpartition("/")[0]
        taken = {part.lower() for part in (*self.package.content_types, *self.added)}
        number = 1
        while f"{folder}/sig{number}.xml".lower() in taken:
            number += 1
        return f"{folder}/sig{number}.xml"

    def free_ids(self) -> Ids:
        """Choose the ids of the next signature so that LibreOffice 7.4 does not take its elements for another's.

        LibreOffice reads all signatures into one document. Every element with an id that an earlier signature refers
        to stays in there, and the first element that stays is what the id means from then on: elements of the second
        signature stand in for those of the third. So two signatures can share Office's ids, and more cannot.
        """
        there = [*map(self.package.content, self.place.signatures), *self.added.values()]
        if not there:
            return Ids()
        number = len(there) + 1
        written = b"".join(there)
        while any(f"{name}_{number}".encode() in written for name in msgspec.structs.astuple(Ids())):
            number += 1
        own = Ids(**{role: f"{name}_{number}" for role, name in msgspec.structs.asdict(Ids()).items()})
        return Ids(signed_properties=own.signed_properties) if len(there) == 1 else own

    def check_line(self, line: SignatureLine) -> None:
        """Check that the document has a line and nobody has signed on it.

        Raises:
            CannotSign: not so.
        """
        part = self.package.main_part()
        if line.setup_id.upper() in self.lines_taken | signed_setup_ids(self.package, self.place.signatures):
            raise CannotSign(detail=f"the signature line {line.setup_id} is signed already", part=part)
        if not has_line(self.package.content(part), line) and line.setup_id.upper() not in self._lines():
            raise CannotSign(detail=f"the document has no signature line {line.setup_id}", part=part)

    def with_signature(self, part: str, content: bytes, setup_id: str) -> Self:
        return msgspec.structs.replace(
            self, added={**self.added, part: content}, lines_taken=self.lines_taken | {setup_id.upper()}
        )

    def write(self) -> bytes:
        """Write the document with its new signatures; every part that it had stays as it is packed."""
        signatures = {part[1:]: content for part, content in self.added.items()}
        return self.package.archive.write({**self.written_anew, **self._plumbing(), **signatures})

    def _lines(self) -> frozenset[str]:
        return frozenset(line.setup_id.upper() for line in lines_of(self.package, ()))

    def _plumbing(self) -> dict[str, bytes]:
        """Write the entries that lead from the package to the new signatures."""
        place, types, written = self.place, self.package.declared, {}
        if place.is_new:
            own = _with(self.package.relationships(), ORIGIN_RELATIONSHIP, place.origin[1:])
            written = {own.part[1:]: own.to_xml(), place.origin[1:]: b""}
            fits = types.of(place.origin) is None
            types = types.with_default(_SIGS, ORIGIN_TYPE) if fits else types.with_override(place.origin, ORIGIN_TYPE)
        relationships = place.relationships
        for part in self.added:
            relationships = _with(relationships, SIGNATURE_RELATIONSHIP, part.rpartition("/")[2])
            types = types.with_override(part, SIGNATURE_TYPE)
        return {**written, relationships.part[1:]: relationships.to_xml(), CONTENT_TYPES_ITEM: types.to_xml()}


def _check_targets(package: Package) -> None:
    for source in package.sources:
        relationships = package.relationships(source)
        for one in relationships.misread_targets():
            detail = (
                f"The target of the relationship {one.id} has a mark that LibreOffice misreads: & < > \" ' or a tab."
            )
            raise CannotSign(detail=detail, rule="R6", part=relationships.part)


def _normalised(package: Package, place: Place) -> dict[str, bytes]:
    """Write anew the relationships that verifiers would read differently; only possible before the first signature."""
    written: dict[str, bytes] = {}
    for source in package.sources:
        part = relationships_part(source)
        if source == place.origin or is_plain(package.content(part)):
            continue
        if place.signatures:
            detail = "The part is written in a form that verifiers read differently, and is signed already."
            raise CannotSign(detail=detail, rule="R8", part=part)
        written[part[1:]] = package.relationships(source).to_xml()
    return written


def _with(relationships: Relationships, kind: str, target: str) -> Relationships:
    new = Relationship(id=relationships.unused_id(), type=kind, target=target)
    return Relationships(source=relationships.source, by_id={**relationships.by_id, new.id: new})
