"""What is frozen when a document is frozen: its content, whatever zip made of it."""

import hashlib
from collections.abc import Iterator

from lxml import etree

from kanta_tenancy.machinery.docx.form import Form
from kanta_tenancy.machinery.opc.names import PACKAGE_SOURCE


def content_hash(docx: bytes) -> str:
    """Return the SHA-256 of a document's content in hexadecimal.

    It is taken over one line per kept part and per kept relationship, in the order of their names. A part's line is
    `part`, its name, its content type and the SHA-256 of its content: of the canonical form (C14N 1.0 without
    comments) where the part is XML, of the bytes where it is not. A relationship's line is `relationship`, its
    source, id, type, mode and target. Fields are separated by tabs, lines by line feeds, all in UTF-8. Left out are
    properties, thumbnail, signatures and every other part that an issued document does not take over. So the hash
    outlives being zipped again, new properties and signatures, and no change of what is read or how it looks.

    Raises:
        BrokenPackage: the file is no Word document.
    """
    form = Form.read(docx)
    digest = hashlib.sha256()
    for line in sorted((*_parts(form), *_relationships(form))):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def _parts(form: Form) -> Iterator[str]:
    for part in form.kept:
        content_type = form.package.content_types[part]
        content = form.package.content(part)
        if content_type.endswith("xml"):
            content = etree.tostring(form.package.xml(part), method="c14n", with_comments=False)
        yield f"part\t{part}\t{content_type}\t{hashlib.sha256(content).hexdigest()}"


def _relationships(form: Form) -> Iterator[str]:
    for source in (PACKAGE_SOURCE, *form.kept):
        for one in form.kept_relationships(source):
            mode = "External" if one.external else "Internal"
            yield f"relationship\t{source}\t{one.id}\t{one.type}\t{mode}\t{one.target}"
