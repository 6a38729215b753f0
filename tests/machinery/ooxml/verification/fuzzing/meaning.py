"""What a file says, read by another route than the verifier's: the standard library's zip and XML, and from the front.

It shares no code with the verifier. It is as lenient as readers are, so that it sees what they would show.
"""

import base64
import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_DSIG: Final = "{http://www.w3.org/2000/09/xmldsig#}"
_TYPES: Final = "[Content_Types].xml"
_ORIGIN: Final = f"{_PACKAGE}/relationships/digital-signature/origin"
_OFFICE: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
# What a signature of Office leaves out: what is known by its relationship and its type together.
_METADATA: Final = {
    f"{_PACKAGE}/relationships/metadata/core-properties": ("core-properties+xml",),
    f"{_PACKAGE}/relationships/metadata/thumbnail": ("image/jpeg", "image/png", "image/x-emf", "image/x-wmf"),
    f"{_OFFICE[0]}/extended-properties": ("extended-properties+xml",),
    f"{_OFFICE[1]}/extendedProperties": ("extended-properties+xml",),
    f"{_OFFICE[0]}/custom-properties": ("custom-properties+xml",),
    f"{_OFFICE[1]}/customProperties": ("custom-properties+xml",),
}
_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_FOLLOWS: Final = 0x8


class Unreadable(Exception):
    """A reader gives up."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    signed_info: str  # canonical, whatever the prefixes
    certificate: bytes


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a reader is shown: parts, what each is, and how they are linked; metadata and signatures apart."""

    parts: Mapping[str, tuple[str, bytes]]
    links: frozenset[tuple[str, ...]]
    signatures: tuple[Signature, ...]

    def shows_what(self, other: "Meaning") -> bool:
        return (self.parts, self.links) == (other.parts, other.links)


def meaning(data: bytes) -> Meaning:
    """Read a file by its directory.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            entries = {name: opened.read(name) for name in opened.namelist() if not name.endswith("/")}
        return _meaning(entries)
    except _GIVEN_UP as trouble:
        raise Unreadable(repr(trouble)) from trouble


def meaning_from_the_front(data: bytes) -> Meaning:
    """Read a file as one that comes over a wire: by the headers before the contents.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        entries: dict[str, bytes] = {}
        for name, content in _from_the_front(data):
            if not name.endswith("/"):
                entries.setdefault(name, content)
        return _meaning(entries)
    except _GIVEN_UP as trouble:
        raise Unreadable(repr(trouble)) from trouble


_GIVEN_UP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ET.ParseError,
    NotImplementedError,
    RuntimeError,  # an encrypted entry
    KeyError,
    ValueError,
    EOFError,
    OSError,
    LookupError,
)


def _from_the_front(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        _, _, flags, method, _, _, _, packed, _, name_size, extra_size = _LOCAL.unpack_from(data, at)
        at += _LOCAL.size
        name = data[at : at + name_size].decode("utf-8", "surrogateescape")
        at += name_size + extra_size
        if method == zipfile.ZIP_DEFLATED:
            inflater = zlib.decompressobj(-15)
            content = inflater.decompress(data[at:])
            at = len(data) - len(inflater.unused_data) if flags & _FOLLOWS else at + packed
        elif flags & _FOLLOWS:
            end = data.index(b"PK\x07\x08", at)
            content, at = data[at:end], end
        else:
            content = data[at : at + packed]
            at += packed
        if flags & _FOLLOWS:
            at += 16 if data[at : at + 4] == b"PK\x07\x08" else 12
        yield name, content


def _meaning(entries: Mapping[str, bytes]) -> Meaning:
    types = _types(entries)
    links = [link for name in entries if name.endswith(".rels") for link in _links(name, entries[name])]
    apart, unsigned = _metadata(links, types)
    origins = [_target("", link[3]) for link in links if link[0] == "" and link[2] == _ORIGIN]
    plumbing = {link for link in links if (link[0] == "" and link[2] == _ORIGIN) or link[0] in origins}
    signatures = [_target(link[0], link[3]) for link in links if link[0] in origins]
    apart |= {*origins, *signatures}
    return Meaning(
        parts={
            name: (types(name), content)
            for name, content in entries.items()
            if name != _TYPES and name not in apart and not name.endswith(".rels")
        },
        links=frozenset(link for link in links if link not in plumbing and link not in unsigned),
        signatures=tuple(_signature(entries[name]) for name in sorted(signatures)),
    )


class _Types:
    def __init__(self, content: bytes) -> None:
        self._defaults: dict[str, str] = {}
        self._overrides: dict[str, str] = {}
        for line in ET.fromstring(content):  # noqa: S314 -- what it does with hostile bytes is not our concern
            if line.tag.endswith("}Default"):
                self._defaults[line.attrib["Extension"].lower()] = line.attrib["ContentType"]
            elif line.tag.endswith("}Override"):
                self._overrides[line.attrib["PartName"].lower()] = line.attrib["ContentType"]

    def __call__(self, name: str) -> str:
        general = self._defaults.get(posixpath.splitext(name)[1][1:].lower(), "")
        return self._overrides.get(f"/{name}".lower(), general)


def _types(entries: Mapping[str, bytes]) -> _Types:
    return _Types(entries[_TYPES])


def _links(name: str, content: bytes) -> Iterator[tuple[str, ...]]:
    folder, file = posixpath.split(name)
    source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
    for line in ET.fromstring(content):  # noqa: S314
        yield (
            source,
            line.attrib["Id"],
            line.attrib["Type"],
            line.attrib["Target"],
            line.attrib.get("TargetMode", "Internal"),
        )


def _metadata(links: list[tuple[str, ...]], types: _Types) -> tuple[set[str], set[tuple[str, ...]]]:
    """Return the metadata and the links to it, where there is one of a kind."""
    parts, unsigned = set(), set()
    for kinds in (("core",), ("thumbnail",), ("extended",), ("custom",)):
        leading = [
            each for each in links if each[0] == "" and each[2] in _METADATA and any(kind in each[2] for kind in kinds)
        ]
        if len(leading) == 1:
            part = _target("", leading[0][3])
            if types(part).endswith(_METADATA[leading[0][2]]):
                parts.add(part)
                unsigned.add(leading[0])
    return parts, unsigned


def _target(source: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target))[1:]


def _signature(content: bytes) -> Signature:
    root = ET.fromstring(content)  # noqa: S314
    signed_info = root.find(f"{_DSIG}SignedInfo")
    certificate = root.find(f"{_DSIG}KeyInfo/{_DSIG}X509Data/{_DSIG}X509Certificate")
    if signed_info is None or certificate is None:
        raise ValueError("the signature has no SignedInfo or no certificate")
    return Signature(
        signed_info=ET.canonicalize(ET.tostring(signed_info, "unicode"), rewrite_prefixes=True),
        certificate=base64.b64decode("".join((certificate.text or "").split())),
    )
