"""Word documents to sign, made with python-docx, and signed packages opened up."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from lxml import etree

from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import Signer, empty_lists, found, issue

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 2, 9, 30, 15, tzinfo=UTC)
AUTHORITY: Final = found("Sample", at=START)
LISTS: Final = empty_lists(AUTHORITY, at=START)
FIRST_LINE: Final = "{5E1C7F0A-0000-4000-8000-00000000000A}"
SECOND_LINE: Final = "{5E1C7F0A-0000-4000-8000-00000000000B}"
_NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)


def credential(name: str = "Aino", kind: KeyKind = KeyKind.EC_P256) -> Credential:
    return issue(AUTHORITY, Signer(name=name, organisation="Apteekki Oy"), at=START, kind=kind)


def document(*lines: str, links: Sequence[str] = ()) -> bytes:
    """Make a document with a signature line for each id, and a link to each address."""
    made = docx.Document()
    made.add_paragraph("The parties agree.")
    for number, line in enumerate(lines, start=1):
        made.element.body.add_p().append(parse_xml(signature_line(line, f"Signatory {number}")))
    for link in links:
        made.part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    return saved(made)


def signature_line(line: str, signer: str, title: str = "Director", email: str = "") -> str:
    return (
        f'<w:r {_NAMESPACES}><w:pict><v:shape style="width:192pt;height:96pt"><o:signatureline v:ext="edit" '
        f'id="{line}" provid="{{00000000-0000-0000-0000-000000000000}}" o:suggestedsigner={quoteattr(signer)} '
        f"o:suggestedsigner2={quoteattr(title)} o:suggestedsigneremail={quoteattr(email)} "
        'issignatureline="t"/></v:shape></w:pict></w:r>'
    )


def saved(made: docx.document.Document) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return out.getvalue()


def replaced(package: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return a package with a piece of one part replaced, which must be there."""
    contents = entries(package)
    assert old in contents[name]
    return packed({**contents, name: contents[name].replace(old, new)})


def with_entries(package: bytes, **added: bytes) -> bytes:
    return packed({**entries(package), **added})


def signature(package: bytes, number: int = 1) -> etree._Element:
    return etree.fromstring(entries(package)[f"_xmlsignatures/sig{number}.xml"])


def text(root: etree._Element, name: str) -> str:
    """Return the text of the only element with that local name."""
    (only,) = root.iter(f"{{*}}{name}")
    return only.text or ""
