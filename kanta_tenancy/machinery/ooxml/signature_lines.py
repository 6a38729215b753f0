"""The signature lines of a Word document: where a signatory is expected to sign.

Source: ECMA-376-4, 19.2.2.30 (`signatureline`).
"""

import re
from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.names import OFFICE_SIGNATURE_NS
from kanta_tenancy.machinery.ooxml.plumbing import find
from kanta_tenancy.machinery.opc.package import Package

_LINE: Final = "{urn:schemas-microsoft-com:office:office}signatureline"
_OFFICE: Final = "{urn:schemas-microsoft-com:office:office}"
_SPELT: Final = b"<o:signatureline "
_SETUP_ID: Final = f"{{{OFFICE_SIGNATURE_NS}}}SetupID"
_GUID: Final = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")


class SignatureLine(Record, frozen=True, kw_only=True):
    setup_id: str  # a GUID in braces; what binds a signature to the line
    suggested_signer: str
    title: str
    email: str
    signed: bool  # a signature claims the line; whether it is sound, a verifier tells


def signature_lines(data: bytes) -> tuple[SignatureLine, ...]:
    """Return the signature lines of a document in the order in which it shows them.

    Raises:
        BrokenPackage: it is no package, or no Word document.
    """
    package = Package.read(data)
    return lines_of(package, find(package).signatures)


def lines_of(package: Package, signatures: tuple[str, ...]) -> tuple[SignatureLine, ...]:
    """Return the lines of the main part; of several with the same id, which are one to a signature, the first.

    Args:
        signatures: the parts that hold the signatures of the package.
    """
    taken = signed_setup_ids(package, signatures)
    lines: dict[str, SignatureLine] = {}
    for element in package.xml(package.main_part()).iter(_LINE):
        attributes = {str(name): str(value) for name, value in element.attrib.items()}
        setup_id = attributes.get("id", "")
        if _GUID.fullmatch(setup_id):
            lines.setdefault(setup_id.upper(), _line(setup_id, attributes, signed=setup_id.upper() in taken))
    return tuple(lines.values())


def has_line(document: bytes, line: SignatureLine) -> bool:
    """Tell at a glance whether a document's XML has a line, spelt as Office spells it.

    True is certain of a well-formed document without comments; False says only that it is not seen at a glance.
    """
    at = document.find(f' id="{line.setup_id}"'.encode())
    element = document.rfind(b"<", 0, max(at, 0))
    return _GUID.fullmatch(line.setup_id) is not None and at > 0 and document.startswith(_SPELT, element)


def signed_setup_ids(package: Package, signatures: tuple[str, ...]) -> frozenset[str]:
    """Return the ids, in upper case, of the lines on which there are signatures."""
    return frozenset(
        (element.text or "").strip().upper() for part in signatures for element in package.xml(part).iter(_SETUP_ID)
    )


def _line(setup_id: str, attributes: Mapping[str, str], *, signed: bool) -> SignatureLine:
    return SignatureLine(
        setup_id=setup_id,
        suggested_signer=attributes.get(f"{_OFFICE}suggestedsigner", ""),
        title=attributes.get(f"{_OFFICE}suggestedsigner2", ""),
        email=attributes.get(f"{_OFFICE}suggestedsigneremail", ""),
        signed=signed,
    )
