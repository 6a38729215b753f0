"""Templates for these tests: written with python-docx, then bent into every shape that a stranger may bring."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Final

from docx import Document
from lxml import etree

from kanta_tenancy.machinery.docx import Contract, Group, Names, Properties, SignatureLine, Values, inspect_template

NAMESPACES: Final = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
)
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

CONTRACT: Final = Contract(
    texts=Names(required=frozenset({"tenant.name"}), optional=frozenset({"tenant.note"})),
    groups=(
        Group(name="services", items=Names(required=frozenset({"service.name"}), optional=frozenset({"service.tick"}))),
        Group(name="laws", items=Names(optional=frozenset({"law.title"}))),
    ),
    conditions=Names(optional=frozenset({"signatory.tenant.2"})),
    signature_lines=Names(required=frozenset({"tenant.1"}), optional=frozenset({"tenant.2"})),
    line_conditions={"tenant.2": "signatory.tenant.2"},
)
AT: Final = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PNG: Final = b"\x89PNG\r\n\x1a\n" + b"picture of the template"
SIGNED_BY: Final = b"\x89PNG\r\n\x1a\n" + b"picture of "


def paragraph(content: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{content}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}<w:t>{text}</w:t></w:r>"


def control(tag: str, content: str, properties: str = "") -> str:
    """Return a content control; what it stands around is in `content`."""
    written = f'<w:tag w:val="{tag}"/>' if tag else ""
    return f"<w:sdt><w:sdtPr>{written}{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def text(tag: str, prompt: str = "prompt") -> str:
    return control(tag, run(prompt))


def cell(content: str) -> str:
    return f"<w:tc>{content}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>{''.join(rows)}</w:tbl>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def signature_line(name: str, image_id: str) -> str:
    return control(f"signature_line:{name}", paragraph(f"<w:r>{picture(image_id)}</w:r>"))


def picture(image_id: str) -> str:
    return (
        f'<w:pict><v:shape id="{image_id}" style="width:192pt;height:96pt"><v:imagedata r:id="{image_id}" o:title=""/>'
        '<o:lock v:ext="edit" rotation="t" cropping="t"/>'
        '<o:signatureline v:ext="edit" id="{00000000-0000-0000-0000-000000000000}"'
        ' provid="{00000000-0000-0000-0000-000000000000}" o:suggestedsigner="old" issignatureline="t"/>'
        "</v:shape></w:pict>"
    )


NAME: Final = paragraph(run("Tenant: ") + text("tenant.name") + run("."))
SERVICES: Final = table(
    row(cell(paragraph(run("Services")))),
    control("each:services", row(cell(paragraph(text("service.tick") + run(" ") + text("service.name"))))),
)
FIRST_LINE: Final = signature_line("tenant.1", "rIdLine1")
SECOND_LINE: Final = control("if:signatory.tenant.2", paragraph(run("And:")) + signature_line("tenant.2", "rIdLine2"))
FIELD: Final = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
BODY: Final = NAME + SERVICES + FIRST_LINE + SECOND_LINE


def form(body: str = BODY, *, header: str = "") -> bytes:
    """Return a template with the pictures of two signature lines, as rIdLine1 and rIdLine2, and a spare one.

    Args:
        body: what `w:body` holds, up to its section properties.
        header: what the header holds; there is none when empty.
    """
    docx = _skeleton(with_header=bool(header))
    section = part(docx, "word/document.xml").partition(b"<w:body>")[2].partition(b"</w:body>")[0].decode()
    written = f"<w:document {NAMESPACES}><w:body>{body}{section}</w:body></w:document>".encode()
    filled = {"word/document.xml": written}
    if header:
        filled["word/header1.xml"] = f"<w:hdr {NAMESPACES}>{header}</w:hdr>".encode()
    return changed(docx, filled)


@cache
def _skeleton(*, with_header: bool) -> bytes:
    document = Document()
    document.sections[0].header.is_linked_to_previous = not with_header
    container = io.BytesIO()
    document.save(container)
    pictures = {"word/media/line1.png": PNG, "word/media/line2.png": PNG + b"2", "word/media/spare.png": PNG}
    no_links = f'<Relationships xmlns="{_RELATIONSHIPS}"></Relationships>'.encode()
    links = {f"word/_rels/{name}.xml.rels": no_links for name in ("settings", "fontTable")}
    docx = changed(container.getvalue(), pictures | links)
    docx = with_types(docx, 'Default Extension="png" ContentType="image/png"')
    return related(docx, rIdLine1=("image", "media/line1.png"), rIdLine2=("image", "media/line2.png"))


def changed(docx: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return the package with entries replaced or added."""
    container = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(container, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *parts)):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return container.getvalue()


def related(docx: bytes, source: str = "word/document.xml", **links: tuple[str, str]) -> bytes:
    """Return the package with relationships added: id → (type, target); a target with a scheme is external."""
    folder, _, name = source.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels".lstrip("/")
    root = etree.fromstring(part(docx, rels))
    for key, (kind, target) in links.items():
        link = etree.SubElement(
            root,
            f"{{{_RELATIONSHIPS}}}Relationship",
            Id=key,
            Type=kind if ":" in kind else f"{_OFFICE}/{kind}",
            Target=target,
        )
        if ":" in target:
            link.set("TargetMode", "External")
    return changed(docx, {rels: etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)})


def with_types(docx: bytes, *lines: str) -> bytes:
    types = part(docx, "[Content_Types].xml")
    added = "".join(f"<{line}/>" for line in lines).encode()
    return changed(docx, {"[Content_Types].xml": types.replace(b"</Types>", added + b"</Types>")})


def replaced(docx: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Return the package with bytes of one part replaced, which must be there."""
    content = part(docx, name)
    assert old in content, f"{old!r} is not in {name}"
    return changed(docx, {name: content.replace(old, new)})


def part(docx: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return package.read(name)


def names(docx: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return package.namelist()


def guid(number: int) -> str:
    return f"{{00000000-0000-4000-8000-{number:012X}}}"


def values(**changes: object) -> Values:
    """Return values that fit CONTRACT and, with two signatories present, every line of BODY."""
    present = changes.pop("present", frozenset[str]())
    lines = ["tenant.1", *(["tenant.2"] if "signatory.tenant.2" in present else [])]
    given: dict[str, object] = {
        "properties": Properties(title="Agreement", language="en-GB", creator="Tests", at=AT),
        "texts": {"tenant.name": "Lääkärikeskus Aava", "tenant.note": ""},
        "rows": {"services": [{"service.name": "Prescription", "service.tick": "☒"}], "laws": []},
        "present": present,
        "signature_lines": {
            name: SignatureLine(
                id=guid(number), name=f"Signer {name}", title="CEO", email="a@b.fi", image=SIGNED_BY + name.encode()
            )
            for number, name in enumerate(lines, 1)
        },
    }
    return Values(**(given | changes))


def texts(**changed_texts: str) -> dict[str, str]:
    """Return the texts of `values`, with `tenant_name` for `tenant.name`."""
    return {"tenant.name": "Aava", "tenant.note": ""} | {k.replace("_", "."): v for k, v in changed_texts.items()}


def document(docx: bytes) -> etree._Element:
    return etree.fromstring(part(docx, "word/document.xml"))


def extended(extra: str) -> bytes:
    """Return the usual form with more in its body."""
    return form(BODY + extra)


def found(docx: bytes, contract: Contract = CONTRACT) -> list[tuple[str, str]]:
    """Return where each finding is, and what it says."""
    return [(finding.where, finding.detail) for finding in inspect_template(docx, contract)]
