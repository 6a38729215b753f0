"""The published schemas of package signatures, relationships and content types as validators."""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from tests.interop.installation import SCHEMAS, need

_XSD: Final = "http://www.w3.org/2001/XMLSchema"
_DSIG: Final = SCHEMAS / "ooxml-lib" / "xmldsig-core-schema.xsd"  # W3C
_SIGNATURE: Final = {
    "http://www.w3.org/2000/09/xmldsig#": _DSIG,
    "http://uri.etsi.org/01903/v1.3.2#": SCHEMAS / "ooxml-lib" / "XAdES.xsd",  # ETSI TS 101 903
    "http://schemas.openxmlformats.org/package/2006/digital-signature": SCHEMAS / "ooxml-xsds" / "opc-digSig.xsd",
    "http://schemas.microsoft.com/office/2006/digsig": (
        SCHEMAS / "src/ooxml/resources/org/apache/poi/poifs/crypt/signatureInfo.xsd"  # [MS-OFFCRYPTO] 2.5.2.5
    ),
}


class _FromDisk(etree.Resolver):
    """Answers for the one schema that another names by its address on the web."""

    def resolve(self, url: str | None, _identifier: str | None, context: object) -> object:
        if url is not None and url.endswith("/xmldsig-core-schema.xsd"):
            return self.resolve_filename(str(_DSIG), context)
        return None


def signature_schema() -> etree.XMLSchema:
    """Return a validator that checks a signature and, inside it, all that has a schema of its own."""
    need(*_SIGNATURE.values())
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_FromDisk())
    imports = "".join(f'<import namespace="{name}" schemaLocation="{file}"/>' for name, file in _SIGNATURE.items())
    return etree.XMLSchema(etree.fromstring(f'<schema xmlns="{_XSD}">{imports}</schema>', parser))


def package_schema(name: str) -> etree.XMLSchema:
    """Return the validator of `opc-relationships` or `opc-contentTypes` (ECMA-376-2)."""
    return etree.XMLSchema(file=SCHEMAS / "ooxml-xsds" / f"{name}.xsd")


def flaws(schema: etree.XMLSchema, document: etree._Element) -> Iterator[str]:
    """Yield what a schema has against a document, a sentence each."""
    if not schema.validate(document):
        for entry in schema.error_log:
            yield f"line {entry.line}: {entry.message}"
