"""What one signature's SignedInfo binds together, at fixed positions (rule R2)."""

from collections import defaultdict
from typing import Final

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import DSIG_NS, XADES_NS
from kanta_tenancy.machinery.ooxml.verification import references
from kanta_tenancy.machinery.ooxml.verification.algorithms import digest
from kanta_tenancy.machinery.ooxml.verification.markup import Altered, attribute, signature_element, unsound
from kanta_tenancy.machinery.ooxml.verification.references import Reference
from kanta_tenancy.machinery.ooxml.verification.sections import SignedObject, take_apart
from kanta_tenancy.machinery.opc import markup

_REFERENCE: Final = f"{{{DSIG_NS}}}Reference"
_METHODS: Final = [f"{{{DSIG_NS}}}{name}" for name in ("CanonicalizationMethod", "SignatureMethod")]
_SIGNED_PROPERTIES: Final = f"{{{XADES_NS}}}SignedProperties"
# An Object is known by what it begins with, since producers choose its id freely.
_ROLES: Final = {f"{{{DSIG_NS}}}Manifest": "package", f"{{{DSIG_NS}}}SignatureProperties": "office"}
_IMAGES: Final = (0, 2)  # of a signature line: one shown while the signature is valid, one when it is not


class Bound(Record, frozen=True, kw_only=True):
    """A signature taken apart; the elements of its first half are parsed from the very bytes that were digested."""

    package: etree._Element  # the Object with the manifest
    office: etree._Element | None  # the Object with what Office says about the act of signing
    properties: etree._Element | None  # the XAdES SignedProperties
    signed_info: bytes  # canonical, what the signature value signs
    method: str
    references: tuple[Reference, ...]

    value: bytes
    value_element: etree._Element
    key_info: etree._Element  # not signed
    unsigned: etree._Element | None  # the XAdES UnsignedProperties

    @property
    def algorithms(self) -> frozenset[str]:
        return frozenset({self.method, *(reference.algorithm for reference in self.references)})

    @property
    def complete(self) -> bool:
        """Whether all that Office signs is signed; with it there are three references, or five with a line's images."""
        return self.office is not None and self.properties is not None


def bind(content: bytes) -> Bound:
    """Take a signature apart and check that every object has the digest that SignedInfo says.

    Raises:
        BrokenPackage: the structure is another than Office writes or a digest differs (R2), an algorithm or
            transform is not accepted (R3), or it is no signature at all (R0, R1, R7).
    """
    sections = take_apart(signature_element(content))
    method, signed = _read_signed_info(markup.parse(sections.signed_info, ""))
    targets = {each.uri: each for each in sections.objects}
    verified = [_verified(reference, targets.pop(reference.uri, None)) for reference in signed]
    if targets:
        raise unsound(f"The signature holds {min(targets)!r}, which SignedInfo does not sign.")
    roles = _roles(verified)
    return Bound(
        package=roles["package"][0],
        office=next(iter(roles["office"]), None),
        properties=next(iter(roles["properties"]), None),
        signed_info=sections.signed_info,
        method=method,
        references=signed,
        value=sections.value,
        value_element=sections.value_element,
        key_info=sections.key_info,
        unsigned=sections.unsigned,
    )


def _read_signed_info(signed_info: etree._Element) -> tuple[str, tuple[Reference, ...]]:
    found = list(signed_info)
    if [each.tag for each in found[:2]] != _METHODS or any(each.tag != _REFERENCE for each in found[2:]):
        raise unsound("SignedInfo holds other elements than its two methods and its references.")
    canonicalisation, method = found[:2]
    if len(canonicalisation) or attribute(canonicalisation, "Algorithm") not in references.CANONICALISATIONS:
        raise unsound("SignedInfo is canonicalised by an algorithm that is not accepted.", "R3")
    if len(method):
        raise unsound("The signature method has parameters, which none of the accepted methods has.", "R3")
    return attribute(method, "Algorithm"), tuple(references.read(each) for each in found[2:])


def _verified(reference: Reference, target: SignedObject | None) -> etree._Element:
    """Check an object's digest and parse what was digested."""
    if target is None:
        raise unsound(f"SignedInfo refers to {reference.uri!r}, which is no object of the signature of its own.")
    if reference.type != target.type:
        raise unsound(f"The reference {reference.uri!r} has not the type of what it refers to.")
    if len(reference.transforms) > 1 or not all(map(references.canonicalises, reference.transforms)):
        raise unsound(f"The reference {reference.uri!r} uses a transform that is not accepted.", "R3")
    if digest(reference.algorithm, target.canonical) != reference.digest:
        raise Altered(detail=f"The content of {reference.uri!r} was changed after it was signed.", rule="R2")
    return markup.parse(target.canonical, "")


def _roles(verified: list[etree._Element]) -> dict[str, list[etree._Element]]:
    roles: dict[str, list[etree._Element]] = defaultdict(list)
    for element in verified:
        roles[_role(element)].append(element)
    if len(roles["package"]) != 1:
        raise unsound("SignedInfo does not sign exactly one manifest of the package.")
    if len(roles["office"]) > 1 or len(roles["properties"]) > 1 or len(roles["image"]) not in _IMAGES:
        raise unsound("SignedInfo signs other objects than Office writes.")
    return roles


def _role(element: etree._Element) -> str:
    if element.tag == _SIGNED_PROPERTIES:
        return "properties"
    first = next(iter(element), None)
    role = "image" if first is None else _ROLES.get(str(first.tag))
    if role is None:
        raise unsound("SignedInfo signs an object of unknown content.")
    return role
