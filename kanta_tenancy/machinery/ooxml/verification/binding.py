"""What one signature's SignedInfo binds together, at fixed positions (rule R2)."""

from collections import defaultdict
from typing import Final, NamedTuple

from lxml import etree

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import DSIG_NS, OBJECT_REFERENCE, SIGNED_PROPERTIES_REFERENCE, XADES_NS
from kanta_tenancy.machinery.ooxml.verification import references
from kanta_tenancy.machinery.ooxml.verification.algorithms import digest
from kanta_tenancy.machinery.ooxml.verification.markup import attribute, canonical, children, octets, unsound
from kanta_tenancy.machinery.ooxml.verification.references import Reference
from kanta_tenancy.machinery.opc import markup

_OBJECT: Final = f"{{{DSIG_NS}}}Object"
_REFERENCE: Final = f"{{{DSIG_NS}}}Reference"
_SECTIONS: Final = [f"{{{DSIG_NS}}}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
_METHODS: Final = [f"{{{DSIG_NS}}}{name}" for name in ("CanonicalizationMethod", "SignatureMethod")]
_QUALIFYING: Final = f"{{{XADES_NS}}}QualifyingProperties"
_SIGNED_PROPERTIES: Final = f"{{{XADES_NS}}}SignedProperties"
_UNSIGNED_PROPERTIES: Final = f"{{{XADES_NS}}}UnsignedProperties"
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
    key_info: etree._Element  # not signed
    unsigned: etree._Element | None  # the XAdES UnsignedProperties

    @property
    def algorithms(self) -> frozenset[str]:
        return frozenset({self.method, *(reference.algorithm for reference in self.references)})

    @property
    def complete(self) -> bool:
        """Whether all that Office signs is signed; with it there are three references, or five with a line's images."""
        return self.office is not None and self.properties is not None


class _Sections(NamedTuple):
    signed_info: etree._Element
    value: etree._Element
    key_info: etree._Element
    objects: list[etree._Element]


def bind(root: etree._Element) -> Bound:
    """Take a signature apart and check that every object has the digest that SignedInfo says.

    Raises:
        BrokenPackage: the structure is another than Office writes or a digest differs (R2), or an algorithm or
            transform is not accepted (R3).
    """
    sections = _sections(root)
    signed_info = canonical(sections.signed_info)
    method, signed = _read_signed_info(markup.parse(signed_info, ""))
    targets, unsigned = _targets(sections.objects, signature_id=attribute(root, "Id"))
    verified = []
    for reference in signed:
        target = targets.pop(reference.uri, None)
        if target is None:
            raise unsound(f"SignedInfo refers to {reference.uri!r}, which is no object of the signature of its own.")
        verified.append(_verified(reference, target))
    if targets:
        raise unsound(f"The signature holds {min(targets)!r}, which SignedInfo does not sign.")
    roles = _roles(verified)
    return Bound(
        package=roles["package"][0],
        office=next(iter(roles["office"]), None),
        properties=next(iter(roles["properties"]), None),
        signed_info=signed_info,
        method=method,
        references=signed,
        value=octets(sections.value),
        key_info=sections.key_info,
        unsigned=unsigned,
    )


def _sections(root: etree._Element) -> _Sections:
    found = list(root)
    if [each.tag for each in found[:3]] != _SECTIONS:
        raise unsound("The signature does not begin with SignedInfo, SignatureValue and KeyInfo.")
    if any(each.tag != _OBJECT for each in found[3:]):
        raise unsound("The signature holds an element that is no Object after its KeyInfo.")
    signed_info, value, key_info = found[:3]
    return _Sections(signed_info, value, key_info, found[3:])


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


def _targets(
    objects: list[etree._Element], *, signature_id: str
) -> tuple[dict[str, etree._Element], etree._Element | None]:
    """Return by URI what SignedInfo must refer to: each Object, and of the XAdES one its signed half only."""
    targets, unsigned = {}, None
    for each in objects:
        target = each
        if len(each) and each[0].tag == _QUALIFYING:
            (qualifying,) = children(each, _QUALIFYING)
            if attribute(qualifying, "Target", ("Id",)) != f"#{signature_id}":
                raise unsound("The XAdES properties say that they belong to another signature.")
            target, *rest = children(qualifying, _SIGNED_PROPERTIES, f"{_UNSIGNED_PROPERTIES}?")
            unsigned = next(iter(rest), None)
        targets[f"#{attribute(target, 'Id', ('MimeType', 'Encoding'))}"] = target
    return targets, unsigned


def _verified(reference: Reference, target: etree._Element) -> etree._Element:
    """Check an element's digest and parse again what was digested."""
    if reference.type != (OBJECT_REFERENCE if target.tag == _OBJECT else SIGNED_PROPERTIES_REFERENCE):
        raise unsound(f"The reference {reference.uri!r} has not the type of what it refers to.")
    if len(reference.transforms) > 1 or not all(map(references.canonicalises, reference.transforms)):
        raise unsound(f"The reference {reference.uri!r} uses a transform that is not accepted.", "R3")
    signed = canonical(target)
    if digest(reference.algorithm, signed) != reference.digest:
        raise unsound(f"The content of {reference.uri!r} was changed after it was signed.")
    return markup.parse(signed, "")


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
