"""The manifest of a signature: which parts and relationships it signs, and whether they are unchanged (R5, R6)."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import DSIG_NS, PACKAGE_SIGNATURE_NS, RELATIONSHIP_TRANSFORM
from kanta_tenancy.machinery.ooxml.report import Reason
from kanta_tenancy.machinery.ooxml.verification import references
from kanta_tenancy.machinery.ooxml.verification.algorithms import DIGESTS, digest
from kanta_tenancy.machinery.ooxml.verification.markup import attribute, children, unsound
from kanta_tenancy.machinery.ooxml.verification.references import TRANSFORM, Reference
from kanta_tenancy.machinery.opc import Package
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE
from kanta_tenancy.machinery.opc.relationships import source_of

_MANIFEST: Final = f"{{{DSIG_NS}}}Manifest"
_PROPERTIES: Final = f"{{{DSIG_NS}}}SignatureProperties"
_REFERENCE: Final = f"{{{DSIG_NS}}}Reference"
_SELECTION: Final = f"{{{PACKAGE_SIGNATURE_NS}}}RelationshipReference"
_CONTENT_TYPE: Final = "?ContentType="
_RELATIONSHIP_TRANSFORMS: Final = 2  # the selection, followed at once by its canonicalisation


class SignedPart(Record, frozen=True, kw_only=True):
    """One reference of the manifest."""

    part: str
    content_type: str
    algorithm: str
    digest: bytes
    relationships: frozenset[str] | None  # the selected ids; None when the part is signed whole


class Digests:
    """Digests of a package's parts and relationships, each computed once however many signatures ask."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._parts: dict[tuple[str, str], bytes] = {}
        self._relationships: dict[tuple[str, str, frozenset[str]], bytes] = {}

    def of_part(self, part: str, algorithm: str) -> bytes:
        key = (part, algorithm)
        if key not in self._parts:
            self._parts[key] = digest(algorithm, self._package.content(part))
        return self._parts[key]

    def of_relationships(self, source: str, algorithm: str, ids: frozenset[str]) -> bytes:
        key = (source, algorithm, ids)
        if key not in self._relationships:
            self._relationships[key] = digest(algorithm, self._package.relationships(source).canonical(ids))
        return self._relationships[key]


def read(package_object: etree._Element) -> tuple[SignedPart, ...]:
    """Read the manifest of a verified package object.

    Raises:
        BrokenPackage: it is not as Office writes it (R2), uses a transform or digest that is not accepted (R3), or
            selects relationships by type (R6).
    """
    manifest, _ = children(package_object, _MANIFEST, _PROPERTIES)
    signed: dict[str, SignedPart] = {}
    for element in list(manifest):
        if element.tag != _REFERENCE:
            raise unsound("The manifest holds an element that is no Reference.")
        one = _signed_part(references.read(element))
        if one.part.lower() in signed:
            raise unsound(f"The manifest refers to {one.part} twice.")
        signed[one.part.lower()] = one
    return tuple(signed.values())


def changes(signed: tuple[SignedPart, ...], package: Package, digests: Digests) -> Iterator[Reason]:
    """Return a reason for each signed part or relationship that is missing or no longer what was signed."""
    for one in signed:
        rule = "R5" if one.relationships is None else "R6"
        if one.part not in package.content_types:
            yield Reason(rule=rule, part=one.part, detail="The part was signed and is no longer in the package.")
        elif one.relationships is None:
            if digests.of_part(one.part, one.algorithm) != one.digest:
                yield Reason(rule=rule, part=one.part, detail="The part was changed after it was signed.")
        else:
            yield from _relationship_changes(one, one.relationships, package, digests)


def _relationship_changes(one: SignedPart, ids: frozenset[str], package: Package, digests: Digests) -> Iterator[Reason]:
    source = source_of(one.part) or ""
    for missing in sorted(ids - package.relationships(source).by_id.keys() - _listed_by_poi(package)):
        detail = f"The relationship {missing} was signed and is no longer in the part."
        yield Reason(rule="R6", part=one.part, detail=detail)
    if digests.of_relationships(source, one.algorithm, ids) != one.digest:
        yield Reason(rule="R6", part=one.part, detail="The relationships were changed after they were signed.")


def _listed_by_poi(package: Package) -> AbstractSet[str]:
    # Apache POI lists the ids of the package's own relationships beside those of every part. Such an id selects nothing
    # there; a relationship that had it when it was signed, or has it since, is another digest.
    return package.relationships(PACKAGE_SOURCE).by_id.keys()


def _signed_part(reference: Reference) -> SignedPart:
    part, found, content_type = reference.uri.partition(_CONTENT_TYPE)
    if not found or not part.startswith("/"):
        raise unsound(f"The manifest refers to {reference.uri!r}, which is no part with its content type.")
    if reference.algorithm not in DIGESTS:
        raise unsound(f"The digest algorithm {reference.algorithm} is not accepted.", "R3")
    return SignedPart(
        part=part,
        content_type=content_type,
        algorithm=reference.algorithm,
        digest=reference.digest,
        relationships=_selected(reference.transforms, part),
    )


def _selected(transforms: tuple[etree._Element, ...], part: str) -> frozenset[str] | None:
    """Return the relationship ids that the transforms select, or None when there are no transforms."""
    if (source_of(part) is not None) != bool(transforms):
        raise unsound(f"The part {part} is not digested in the way that its kind needs.", "R3")
    if not transforms:
        return None
    selection = transforms[0]
    if selection.tag != TRANSFORM or attribute(selection, "Algorithm") != RELATIONSHIP_TRANSFORM:
        raise unsound(f"The part {part} is digested after a transform that is not accepted.", "R3")
    if len(transforms) != _RELATIONSHIP_TRANSFORMS or not references.canonicalises(transforms[1]):
        raise unsound(f"The relationships of {part} are not canonicalised at once after they are selected.", "R6")
    chosen = list(selection)
    if any(each.tag != _SELECTION for each in chosen):
        raise unsound(f"The relationships of {part} are selected by type, which other verifiers pass over.", "R6")
    return frozenset(attribute(each, "SourceId") for each in chosen)
