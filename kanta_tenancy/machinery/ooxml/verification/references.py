"""The references of SignedInfo and of a manifest, and the transforms that they may use (rules R2, R3)."""

from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import C14N, C14N_WITH_COMMENTS, DSIG_NS
from kanta_tenancy.machinery.ooxml.verification.markup import attribute, children, octets

CANONICALISATIONS: Final = frozenset({C14N, C14N_WITH_COMMENTS})
TRANSFORM: Final = f"{{{DSIG_NS}}}Transform"
_TRANSFORMS: Final = f"{{{DSIG_NS}}}Transforms"
_DIGEST_METHOD: Final = f"{{{DSIG_NS}}}DigestMethod"
_DIGEST_VALUE: Final = f"{{{DSIG_NS}}}DigestValue"


class Reference(Record, frozen=True, kw_only=True):
    """What a reference says: where, and which digest after which transforms."""

    uri: str
    type: str
    algorithm: str
    digest: bytes
    transforms: tuple[etree._Element, ...]


def read(element: etree._Element) -> Reference:
    uri = attribute(element, "URI", ("Id", "Type"))
    *transforms, method, value = children(element, f"{_TRANSFORMS}?", _DIGEST_METHOD, _DIGEST_VALUE)
    children(method)
    return Reference(
        uri=uri,
        type=element.get("Type", ""),
        algorithm=attribute(method, "Algorithm"),
        digest=octets(value),
        transforms=tuple(transform for each in transforms for transform in list(each)),
    )


def canonicalises(transform: etree._Element) -> bool:
    """Tell whether a transform is Canonical XML 1.0 and nothing besides."""
    return transform.tag == TRANSFORM and not len(transform) and attribute(transform, "Algorithm") in CANONICALISATIONS
