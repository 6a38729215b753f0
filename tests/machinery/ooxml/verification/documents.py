"""A small Word document with all kinds of parts, as a mapping from names to bytes that tests change at will."""

from collections.abc import Mapping

from kanta_tenancy.machinery.opc import assemble, pack
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_NS, RELATIONSHIPS_NS

Parts = dict[str, bytes]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DOCUMENT, RELATIONSHIPS, TYPES = "word/document.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def relationship(name: str, kind: str, target: str, mode: str = "") -> str:
    written = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{name}" Type="{kind}" Target="{target}"{written}/>'


def relationships(*lines: str) -> bytes:
    return f'{HEAD}<Relationships xmlns="{RELATIONSHIPS_NS}">{"".join(lines)}</Relationships>'.encode()


def default(extension: str, kind: str) -> str:
    return f'<Default Extension="{extension}" ContentType="{kind}"/>'


def override(part: str, kind: str) -> str:
    return f'<Override PartName="{part}" ContentType="{kind}"/>'


def types(*more: str) -> bytes:
    lines = (
        default("rels", f"{'application/vnd.openxmlformats-package'}.relationships+xml"),
        default("xml", "application/xml"),
        default("png", "image/png"),
        override("/word/document.xml", f"{WORD}.document.main+xml"),
        override("/word/styles.xml", f"{WORD}.styles+xml"),
        override("/word/header1.xml", f"{WORD}.header+xml"),
        override("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        override("/docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml"),
        *more,
    )
    return f'{HEAD}<Types xmlns="{CONTENT_TYPES_NS}">{"".join(lines)}</Types>'.encode()


def body(content: str) -> bytes:
    names = f'xmlns:w="{W}" xmlns:r="{R}"'
    return f"{HEAD}<w:document {names}><w:body>{content}<w:sectPr/></w:body></w:document>".encode()


def paragraph(text: str, run: str = "", style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def style(name: str, properties: str, more: str = "") -> str:
    return f'<w:style w:type="paragraph" w:styleId="{name}"{more}>{properties}</w:style>'


def styles(*lines: str) -> bytes:
    return f'{HEAD}<w:styles xmlns:w="{W}">{"".join(lines)}</w:styles>'.encode()


ROOT_LINES = (
    relationship("rId1", f"{R}/officeDocument", "word/document.xml"),
    relationship("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
    relationship("rId3", f"{R}/extended-properties", "docProps/app.xml"),
)
DOCUMENT_LINES = (
    relationship("rId1", f"{R}/styles", "styles.xml"),
    relationship("rId2", f"{R}/header", "header1.xml"),
    relationship("rId10", f"{R}/image", "media/image1.png"),
    relationship("rId3", f"{R}/hyperlink", "https://www.example.fi/", "External"),
)


def a_document(**changes: bytes) -> Parts:
    """Return the parts of a sound document, with some replaced or added; names are given as in the archive."""
    return {
        TYPES: types(),
        "_rels/.rels": relationships(*ROOT_LINES),
        DOCUMENT: body(paragraph("Maksetaan 100 euroa.") + paragraph("Allekirjoitukset")),
        RELATIONSHIPS: relationships(*DOCUMENT_LINES),
        "word/styles.xml": styles(style("Normal", "<w:rPr><w:sz w:val='22'/></w:rPr>", ' w:default="1"')),
        "word/header1.xml": f'{HEAD}<w:hdr xmlns:w="{W}"><w:p/></w:hdr>'.encode(),
        "word/media/image1.png": bytes(range(200)),
        "docProps/core.xml": f'<coreProperties xmlns="{PACKAGE}/metadata/core-properties"/>'.encode(),
        "docProps/app.xml": b'<Properties xmlns="urn:x"/>',
        **changes,
    }


def packed(parts: Mapping[str, bytes]) -> bytes:
    return assemble(pack(name, content) for name, content in parts.items())
