"""The references of SignedInfo and of a manifest, and the transforms that they may use (rules R2, R3)."""

from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import C14N, C14N_WITH_COMMENTS, DSIG_NS
from kanta_tenancy.machinery.ooxml.verification.markup import attribute, octets, unsound

CANONICALISATIONS: Final = frozenset({C14N, C14N_WITH_COMMENTS})
TRANSFORM: Final = f"{{{DSIG_NS}}}Transform"
_TRANSFORMS: Final = f"{{{DSIG_NS}}}Transforms"
_DIGEST: Final = [f"{{{DSIG_NS}}}DigestMethod", f"{{{DSIG_NS}}}DigestValue"]


class Reference(Record, frozen=True, kw_only=True):
    """What a reference says: where, and which digest after which transforms."""

    uri: str
    type: str
    algorithm: str
    digest: bytes
    transforms: tuple[etree._Element, ...]


def read(element: etree._Element) -> Reference:
    transforms, method, value = _parts(element)
    return Reference(
        uri=attribute(element, "URI", ("Id", "Type")),
        type=element.get("Type", ""),
        algorithm=attribute(method, "Algorithm"),
        digest=octets(value),
        transforms=transforms,
    )


def _parts(element: etree._Element) -> tuple[tuple[etree._Element, ...], etree._Element, etree._Element]:
    """Return the transforms, the digest's method and its value."""
    found = list(element)
    transforms: tuple[etree._Element, ...] = ()
    if found and found[0].tag == _TRANSFORMS:
        transforms = tuple(found.pop(0))
    if [each.tag for each in found] != _DIGEST or len(found[0]):
        raise unsound("A reference holds other elements than its transforms and its digest.")
    return transforms, found[0], found[1]


def canonicalises(transform: etree._Element) -> bool:
    """Tell whether a transform is Canonical XML 1.0 and nothing besides."""
    return transform.tag == TRANSFORM and not len(transform) and attribute(transform, "Algorithm") in CANONICALISATIONS
