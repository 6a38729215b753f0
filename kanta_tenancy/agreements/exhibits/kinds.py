"""What kind of file something is, as its own bytes say, and whether it will do as the scan of a paper. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.package import Package

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TIFF: Final = "image/tiff"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT: Final = "text/plain; charset=utf-8"
SCANS: Final = frozenset({PDF, PNG, JPEG, TIFF})
LARGEST: Final = 20_000_000  # bytes

_MAIN_PART: Final = f"{DOCX}.main+xml"  # one with macros has another
_TAIL: Final = 2048  # within which a file ends, whatever a scanner wrote behind it
# How a picture or a PDF begins, and what stands at its end; a TIFF is read from its beginning and has no end.
_BEGIN_AND_END: Final[tuple[tuple[str, bytes, bytes], ...]] = (
    (PDF, b"%PDF-", b"%%EOF"),
    (PNG, b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"),
    (JPEG, b"\xff\xd8\xff", b"\xff\xd9"),
    (TIFF, b"II*\0", b""),
    (TIFF, b"MM\0*", b""),
)
# Names of a PDF for what is no picture of a paper, and what each is in plain words (ISO 32000-2).
_NO_SCAN: Final[Mapping[bytes, str]] = {
    b"JavaScript": "a program (JavaScript)",
    b"JS": "a program (JavaScript)",
    b"Launch": "an instruction to start another program",
    b"EmbeddedFile": "another file inside",
    b"EmbeddedFiles": "another file inside",
    b"RichMedia": "a film or sound",
    b"XFA": "a form that changes by itself",
    b"Encrypt": "a password or another lock",
}
_STREAM: Final = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
_LONG: Final = 6  # so long a name does not come about in a compressed picture by chance
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # Unicode's Cc but ends of lines and tabs
_NAME: Final = re.compile(rb"/([^\x00\t\n\f\r ()<>\[\]{}/%]{1,127})")


def kind_of(content: bytes) -> str | None:
    """Return the media type that a file's own bytes say; None: none that is kept."""
    if not content or len(content) > LARGEST:
        return None
    for kind, begin, end in _BEGIN_AND_END:
        if content.startswith(begin):
            return kind if end in content[-_TAIL:] else None
    if content.startswith(b"PK"):
        return DOCX if _is_docx(content) else None
    return TEXT if _is_text(content) else None


def no_scan(content: bytes) -> str:
    """Say why a file will not do as the scan of a paper, in words; empty: it does.

    What stands in the compressed parts of a PDF is not looked at, so nothing is claimed of a file that passes: it is
    only ever handed out to be saved.
    """
    kind = kind_of(content)
    if kind not in SCANS:
        return "a scan is a PDF, a PNG, a JPEG or a TIFF"
    if kind != PDF:
        return ""
    names = {name for name in _names(content) if len(name) >= _LONG} | _names(_STREAM.sub(b"", content))
    told = sorted({words for name, words in _NO_SCAN.items() if name in names})
    return f"a scan of a paper has nothing of this: {', '.join(told)}" if told else ""


def _names(content: bytes) -> set[bytes]:
    return {_ESCAPED.sub(_unescaped, found[1]) for found in _NAME.finditer(content)}


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode("ascii"))


def _is_docx(content: bytes) -> bool:
    try:
        return _MAIN_PART in Package.read(content).parts.values()
    except BrokenPackage:
        return False


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None
