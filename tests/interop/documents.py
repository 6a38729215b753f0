"""Documents to sign, and packages opened up: their entries by name, to look at and to change."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from lxml import etree

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a49444154789c6360000000020001"
    "48afa4710000000049454e44ae426082"
)


def entries(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(contents: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return out.getvalue()


def signature_parts(package: bytes) -> dict[str, etree._Element]:
    """Return the parsed signature parts by name, such as `/_xmlsignatures/sig1.xml`."""
    return {
        f"/{name}": etree.fromstring(content)
        for name, content in entries(package).items()
        if re.fullmatch(r"_xmlsignatures/sig[^/]*\.xml", name)
    }


def without_signatures(package: bytes) -> bytes:
    """Return what lay before Office when somebody clicked *sign*: the document without its signatures."""
    contents = {name: content for name, content in entries(package).items() if not name.startswith("_xmlsignatures/")}
    for name, mark in (("[Content_Types].xml", "digital-signature"), ("_rels/.rels", "digital-signature/origin")):
        root = etree.fromstring(contents[name])
        for child in list(root):
            if any(mark in str(value) for value in child.attrib.values()):
                root.remove(child)
        contents[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return packed(contents)


def agreement(lines: Sequence[UUID] = ()) -> bytes:
    """Return a small Word document with a signature line for each id, and the parts that documents usually have."""
    images = {f"word/media/line{number}.png": _PIXEL for number, _ in enumerate(lines, start=1)}
    return packed(
        {
            "[Content_Types].xml": _content_types().encode(),
            "_rels/.rels": _relationships(
                ("rId1", f"{_OFFICE}/officeDocument", "word/document.xml"),
                ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ),
            "word/document.xml": _document(lines).encode(),
            "word/_rels/document.xml.rels": _relationships(
                ("rId1", f"{_OFFICE}/styles", "styles.xml"),
                ("rId2", f"{_OFFICE}/header", "header1.xml"),
                *((f"line{n}", f"{_OFFICE}/image", f"media/line{n}.png") for n, _ in enumerate(lines, start=1)),
            ),
            "word/styles.xml": _part(f'<w:styles xmlns:w="{_WORD}"/>'),
            "word/header1.xml": _part(f'<w:hdr xmlns:w="{_WORD}"><w:p/></w:hdr>'),
            "docProps/core.xml": _part(
                f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"></cp:coreProperties>'
            ),
            **images,
        }
    )


def setup_id(line: UUID) -> str:
    """Return the id of a signature line as documents write it."""
    return f"{{{str(line).upper()}}}"


def _content_types() -> str:
    overrides = {
        "/word/document.xml": f"{_WORD_TYPE}.document.main+xml",
        "/word/styles.xml": f"{_WORD_TYPE}.styles+xml",
        "/word/header1.xml": f"{_WORD_TYPE}.header+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    parts = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
    return (
        f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f"{parts}</Types>"
    )


def _relationships(*relationships: tuple[str, str, str]) -> bytes:
    written = "".join(f'<Relationship Id="{key}" Type="{kind}" Target="{to}"/>' for key, kind, to in relationships)
    return _part(f'<Relationships xmlns="{_PACKAGE}/relationships">{written}</Relationships>')


def _document(lines: Sequence[UUID]) -> str:
    shapes = "".join(_signature_line(number, line) for number, line in enumerate(lines, start=1))
    return (
        f'{_DECLARATION}<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}" xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:o="urn:schemas-microsoft-com:office:office"><w:body><w:p><w:r><w:t>The parties agree.</w:t></w:r></w:p>'
        f'{shapes}<w:sectPr><w:headerReference w:type="default" r:id="rId2"/></w:sectPr></w:body></w:document>'
    )


def _signature_line(number: int, line: UUID) -> str:
    return (
        f'<w:p><w:r><w:pict><v:shape id="_x0000_i{1024 + number}" style="width:192pt;height:96pt">'
        f'<v:imagedata r:id="line{number}" o:title=""/><o:signatureline v:ext="edit" id="{setup_id(line)}" '
        f'provid="{{00000000-0000-0000-0000-000000000000}}" o:suggestedsigner="Signatory {number}" '
        'o:suggestedsigner2="Managing director" issignatureline="t"/></v:shape></w:pict></w:r></w:p>'
    )


def _part(markup: str) -> bytes:
    return f"{_DECLARATION}{markup}".encode()
