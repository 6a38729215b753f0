"""Ways to tamper with a signed document. Each takes a package and returns another; its name says what it does."""

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from tests.interop.documents import agreement, entries, packed

Mutation = Callable[[bytes], bytes]

DOCUMENT: Final = "word/document.xml"
LINKS: Final = "word/_rels/document.xml.rels"
TYPES: Final = "[Content_Types].xml"
SIGNATURE: Final = "_xmlsignatures/sig1.xml"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EVIL: Final = (
    b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body/></w:document>"
)


def _replaced(name: str, old: str, new: str) -> Mutation:
    return lambda package: _with(package, {name: _once(entries(package)[name], old, new)})


def _with(package: bytes, changed: Mapping[str, bytes]) -> bytes:
    return packed({**entries(package), **changed})


def _without(package: bytes, *names: str) -> bytes:
    return packed({name: content for name, content in entries(package).items() if name not in names})


def _once(content: bytes, old: str, new: str) -> bytes:
    if content.count(old.encode()) < 1:
        raise ValueError(f"{old} is not there to be changed")
    return content.replace(old.encode(), new.encode(), 1)


def _typed(package: bytes, part: str, content_type: str) -> bytes:
    override = f'<Override PartName="{part}" ContentType="{content_type}"/>'
    return _once(entries(package)[TYPES], "</Types>", f"{override}</Types>")


def _linked(package: bytes, source: str, kind: str, target: str, *, mode: str = "") -> bytes:
    link = f'<Relationship Id="evil" Type="{_OFFICE}/{kind}" Target="{target}"{mode}/>'
    return _once(entries(package)[source], "</Relationships>", f"{link}</Relationships>")


def _part_removed_with_its_link(package: bytes) -> bytes:
    changed = _replaced(LINKS, f'<Relationship Id="rId2" Type="{_OFFICE}/header" Target="header1.xml"/>', "")(package)
    return _without(
        _replaced(TYPES, f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>', "")(changed),
        "word/header1.xml",
    )


def _part_added_unlinked(package: bytes) -> bytes:
    return _with(package, {"word/people.xml": _EVIL, TYPES: _typed(package, "/word/people.xml", f"{_WORD}.people+xml")})


def _part_added_linked(package: bytes) -> bytes:
    linked = _linked(package, LINKS, "footnotes", "footnotes.xml")
    types = _typed(package, "/word/footnotes.xml", f"{_WORD}.footnotes+xml")
    return _with(package, {"word/footnotes.xml": _EVIL, LINKS: linked, TYPES: types})


def _second_main_document(package: bytes) -> bytes:
    linked = _linked(package, "_rels/.rels", "officeDocument", "word/evil.xml")
    types = _typed(package, "/word/evil.xml", f"{_WORD}.document.main+xml")
    return _with(package, {"word/evil.xml": _EVIL, "_rels/.rels": linked, TYPES: types})


def _link_out_added(package: bytes) -> bytes:
    outside = _linked(
        package, LINKS, "attachedTemplate", "https://example.org/evil.dotm", mode=' TargetMode="External"'
    )
    return _with(package, {LINKS: outside})


def _links_swapped(package: bytes) -> bytes:
    content = entries(package)[LINKS].replace(b"styles.xml", b"@").replace(b"header1.xml", b"styles.xml")
    return _with(package, {LINKS: content.replace(b"@", b"header1.xml")})


def _images_of_lines_swapped(package: bytes) -> bytes:
    content = entries(package)[LINKS].replace(b"line1.png", b"@").replace(b"line2.png", b"line1.png")
    return _with(package, {LINKS: content.replace(b"@", b"line2.png")})


def _certificate_of_the_other(package: bytes) -> bytes:
    first, second = (
        _between(entries(package)[f"_xmlsignatures/sig{n}.xml"], "<KeyInfo>", "</KeyInfo>") for n in (1, 2)
    )
    return _with(package, {SIGNATURE: entries(package)[SIGNATURE].replace(first, second)})


def _between(content: bytes, start: str, end: str) -> bytes:
    return content[content.index(start.encode()) : content.index(end.encode()) + len(end)]


def _reference_removed_from_manifest(package: bytes) -> bytes:
    content = entries(package)[SIGNATURE]
    header = content.index(b'<Reference URI="/word/header1.xml')
    end = content.index(b"</Reference>", header) + len(b"</Reference>")
    return _with(package, {SIGNATURE: content[:header] + content[end:]})


def _signatures_moved_to_another_document(package: bytes) -> bytes:
    leading_to_them = {TYPES, "_rels/.rels"}
    own = {
        name: content
        for name, content in entries(package).items()
        if name.startswith("_xmlsignatures/") or name in leading_to_them
    }
    return packed({**entries(agreement()), **own})


def _duplicate_entry(package: bytes) -> bytes:
    out = io.BytesIO(package)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as opened:
        warnings.simplefilter("ignore")  # zipfile says what is intended here
        opened.writestr(DOCUMENT, _EVIL)
    return out.getvalue()


def _other_name_in_the_local_header(package: bytes) -> bytes:
    """Let the name before the first entry's content differ from its name in the directory."""
    return _once(package, TYPES, "[Content_Types].xmk")


TAMPERED: Final[Mapping[str, Mutation]] = {
    # What was signed is changed or gone.
    "text changed": _replaced(DOCUMENT, "agree", "disagree"),
    "header changed": _replaced("word/header1.xml", "<w:p/>", "<w:p></w:p>"),
    "image of a line replaced": lambda package: _with(package, {"word/media/line1.png": b"\x89PNG"}),
    "part removed": lambda package: _without(package, "word/header1.xml"),
    "part removed with its link": _part_removed_with_its_link,
    # Something is there that nobody signed.
    "part added, unlinked": _part_added_unlinked,
    "part added, linked": _part_added_linked,
    "part added among the metadata": lambda package: _with(package, {"docProps/evil.xml": _EVIL}),
    "entry added that has no content type": lambda package: _with(package, {"word/evil.bin": b"evil"}),
    "second main document": _second_main_document,
    "link out of the document added": _link_out_added,
    # A part is called something else than what was signed.
    "content type changed": _replaced(TYPES, f"{_WORD}.header+xml", f"{_WORD}.footer+xml"),
    "content type left to the default": _replaced(
        TYPES, f'<Override PartName="/word/header1.xml" ContentType="{_WORD}.header+xml"/>', ""
    ),
    "default content type changed": _replaced(TYPES, 'ContentType="image/png"', 'ContentType="image/jpeg"'),
    "main document called one with macros": _replaced(
        TYPES, f"{_WORD}.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml"
    ),
    # Parts are linked in another way.
    "links swapped": _links_swapped,
    "images of two lines swapped": _images_of_lines_swapped,
    "link removed": _replaced(LINKS, f'<Relationship Id="rId2" Type="{_OFFICE}/header" Target="header1.xml"/>', ""),
    "link of another type": _replaced(LINKS, f"{_OFFICE}/header", f"{_OFFICE}/footer"),
    "link turned outwards": _replaced(LINKS, 'Target="header1.xml"', 'Target="header1.xml" TargetMode="External"'),
    # The signatures themselves.
    "signatures unlinked": _replaced("_rels/.rels", "digital-signature/origin", "digital-signature/other"),
    "one signature unlinked": _replaced(
        "_xmlsignatures/_rels/origin.sigs.rels", "digital-signature/signature", "digital-signature/other"
    ),
    "time of signing changed": _replaced(SIGNATURE, "<mdssi:Value>2", "<mdssi:Value>1"),
    "claimed time of XAdES changed": _replaced(SIGNATURE, "<xd:SigningTime>2", "<xd:SigningTime>1"),
    "comment changed": _replaced(SIGNATURE, "Seen", "Sent"),
    "name on the line changed": _replaced(SIGNATURE, "<SignatureText>Aino", "<SignatureText>Eino"),
    "signature put on another line": _replaced(SIGNATURE, "-8000-000000000001}", "-8000-000000000002}"),
    "picture of the line changed": _replaced(
        SIGNATURE, 'Id="idValidSigLnImg">AQAAAGwA', 'Id="idValidSigLnImg">AQAAAGwB'
    ),
    "signature value changed": _replaced(SIGNATURE, "<SignatureValue>", "<SignatureValue>AAAA"),
    "certificate of the other signatory": _certificate_of_the_other,
    "reference removed from the manifest": _reference_removed_from_manifest,
    "signatures moved to another document": _signatures_moved_to_another_document,
    "signature emptied": lambda package: _with(package, {SIGNATURE: b""}),
    # The archive says two things at once.
    "entry twice": _duplicate_entry,
    "entry twice but for its capitals": lambda package: _with(package, {"Word/Document.xml": _EVIL}),
    "other name in the local header": _other_name_in_the_local_header,
    "bytes before the archive": lambda package: b"#!/bin/sh\n" + package,
    "bytes after the archive": lambda package: package + b"\0" * 16,
}

HARMLESS: Final[Mapping[str, Mutation]] = {
    "packed anew": lambda package: packed(entries(package)),
    "order of entries turned round": lambda package: packed(dict(reversed(entries(package).items()))),
    "metadata changed": _replaced(
        "docProps/core.xml", "</cp:coreProperties>", "<cp:keywords>new</cp:keywords></cp:coreProperties>"
    ),
}
