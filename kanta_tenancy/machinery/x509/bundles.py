"""From a file to the certificates in it: PEM, DER, PKCS#7, PKCS#12 or a zip of them. No key ever leaves here."""

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7, pkcs12

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.machinery.x509.reading import CERTIFICATE_LABELS, quietly

MOST_BYTES: Final = 16 * 1024 * 1024  # of a file, and of all files of a zip together
MOST_FILES: Final = 2_000  # in a zip or a folder
MOST_CERTIFICATES: Final = 10_000

_ZIP: Final = b"PK\x03\x04"
_JAVA_KEY_STORES: Final = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")  # JKS, JCEKS
_PKCS12_VERSION: Final = b"\x02\x01\x03"
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_TRUSTED: Final = b"TRUSTED CERTIFICATE"  # openssl's, with its own notes behind the certificate
_MARKER: Final = re.compile(rb"-----(BEGIN|END) ([A-Z0-9# ]{1,40})-----")
_PKCS7: Final = frozenset({b"PKCS7", b"CMS", b"PKCS #7 SIGNED DATA"})
_ZIP_TROUBLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Found(Record, frozen=True, kw_only=True):
    """A certificate's bytes, which nobody has looked at yet, and where they were."""

    der: bytes
    where: str  # such as `servers.zip, ca/chain.pem, certificate 2`


class KeyMaterialFound(Record, frozen=True, kw_only=True):
    """There is a private key; it is told where, and not kept."""

    where: str


class NotRead(Record, frozen=True, kw_only=True):
    where: str
    why: str
    of_another_kind: bool = False  # a file that never was to hold certificates, as a folder may have


Bundled = Found | KeyMaterialFound | NotRead


def certificates_in(content: bytes, name: str, password: bytes | None = None) -> Iterator[Bundled]:
    """Tell what is in a file: certificates in their order, keys, and what cannot be read.

    Args:
        content: the file's bytes; more than `MOST_BYTES` are refused.
        name: what to call the file.
        password: for PKCS#12.
    """
    if len(content) > MOST_BYTES:
        yield NotRead(where=name, why=f"a file has at most {MOST_BYTES} bytes, this one has {len(content)}")
        return
    number = 0
    for one in _of_file(content, name, password):
        number += isinstance(one, Found)
        if number > MOST_CERTIFICATES:
            yield NotRead(where=name, why=f"at most {MOST_CERTIFICATES} certificates are read; there are more")
            return
        yield one


def container_of_keys(content: bytes) -> str | None:
    """Name the container that private keys are kept in, whether or not one is in it; None: it is none."""
    if content.startswith(_JAVA_KEY_STORES):
        return "Java key store"
    header = 6  # at most: a tag, and a length of up to four octets behind its own octet
    begins = content[:1] == bytes([tlv.SEQUENCE]) and _PKCS12_VERSION in content[: header + len(_PKCS12_VERSION)]
    return "PKCS#12 container" if begins else None


def _of_file(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    if content.startswith(_ZIP):
        yield from _of_zip(content, name, password)
    else:
        yield from _of_plain_file(content, name, password)


def _of_plain_file(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    if content.startswith(_JAVA_KEY_STORES):
        yield NotRead(where=name, why="it is a Java key store: export the certificates from it")
    elif b"-----BEGIN " in content:
        yield from _of_pem(content, name)
    else:
        yield from _of_der(content, name, password)


def _of_zip(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            if (why := _too_much(files)) is not None:
                yield NotRead(where=name, why=why)
                return
            for one in files:  # one that is larger than it says is cut there, and fails its checksum
                yield from _of_plain_file(archive.read(one), f"{name}, {fit_to_be_shown(one.filename)}", password)
    except _ZIP_TROUBLE as trouble:
        yield NotRead(where=name, why=f"the zip cannot be read: {trouble}")


def _too_much(files: list[zipfile.ZipInfo]) -> str | None:
    size = sum(one.file_size for one in files)
    if len(files) > MOST_FILES:
        return f"a zip has at most {MOST_FILES} files, this one has {len(files)}"
    return f"the files of a zip have at most {MOST_BYTES} bytes, these have {size}" if size > MOST_BYTES else None


def _of_pem(content: bytes, name: str) -> Iterator[Bundled]:
    number, others = 0, 0
    for label, body in _blocks(content):
        if label.endswith(b"PRIVATE KEY"):
            others += 1
            yield KeyMaterialFound(where=name)
        elif label in CERTIFICATE_LABELS or label == _TRUSTED:
            number += 1
            yield _block(body, f"{name}, certificate {number}", trusted=label == _TRUSTED)
        elif label in _PKCS7:
            others += 1
            yield from _decoded(body, name, _of_pkcs7)
    if not number and not others:
        yield NotRead(where=name, why="no certificate is in it", of_another_kind=True)


def _blocks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return label and body of each block, in one pass however the file is made; a key needs no END to be one."""
    label, start = b"", 0
    for marker in _MARKER.finditer(content):
        if marker[1] == b"BEGIN":
            label, start = marker[2], marker.end()
            if label.endswith(b"PRIVATE KEY"):
                yield label, b""
        elif marker[2] == label and not label.endswith(b"PRIVATE KEY"):
            yield label, content[start : marker.start()]
            label = b""


def _block(body: bytes, where: str, *, trusted: bool) -> Bundled:
    try:
        der = base64.b64decode(b"".join(_without_headers(body).split()), validate=True)
        return Found(der=tlv.element(der).whole if trusted else der, where=where)
    except (binascii.Error, tlv.NotDer):
        return NotRead(where=where, why="what stands between BEGIN and END is not base64, or no certificate")


def _without_headers(body: bytes) -> bytes:
    """Leave out lines such as `Proc-Type: …`, which end with an empty one."""
    lines = [line for line in body.splitlines() if b":" not in line]
    return b"\n".join(lines)


def _decoded(body: bytes, name: str, read: Callable[[bytes, str], Iterator[Bundled]]) -> Iterator[Bundled]:
    block = _block(body, name, trusted=False)
    if isinstance(block, Found):
        yield from read(block.der, name)
    else:
        yield block


def _of_der(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    try:
        outer = tlv.element(content)
        first = tlv.element(outer.content) if outer.tag == tlv.SEQUENCE else None
        second = None if first is None else tlv.element(outer.content, len(first.whole))
    except tlv.NotDer:
        # PKCS#12 and PKCS#7 may be of indefinite length (BER), which is no DER.
        yield from _of_ber(content, name, password)
        return
    if first is None or second is None:
        yield NotRead(where=name, why="it is neither PEM, DER, PKCS#7, PKCS#12 nor a zip", of_another_kind=True)
    elif first.whole == _PKCS12_VERSION:
        yield from _of_pkcs12(content, name, password)
    elif first.whole == _SIGNED_DATA:
        yield from _of_pkcs7(content, name)
    elif first.tag == tlv.INTEGER or (first.tag == tlv.SEQUENCE and second.tag == tlv.OCTETS):
        yield KeyMaterialFound(where=name)  # PKCS#1, SEC 1 or PKCS#8, the last also encrypted
    else:
        yield Found(der=content, where=f"{name}, certificate 1")


def _of_ber(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    beginning = content[:32]
    if beginning[:1] != bytes([tlv.SEQUENCE]):
        yield NotRead(where=name, why="it is neither PEM, DER, PKCS#7, PKCS#12 nor a zip", of_another_kind=True)
    elif _SIGNED_DATA in beginning:
        yield from _of_pkcs7(content, name)
    elif _PKCS12_VERSION in beginning[:8]:
        yield from _of_pkcs12(content, name, password)
    else:
        yield Found(der=content, where=f"{name}, certificate 1")  # cut off, perhaps: inspecting it says so


def _of_pkcs7(content: bytes, name: str) -> Iterator[Bundled]:
    try:
        with quietly():
            certificates = pkcs7.load_der_pkcs7_certificates(content)
    except (ValueError, UnsupportedAlgorithm):
        yield NotRead(where=name, why="the PKCS#7 file cannot be read, or holds no certificates")
        return
    yield from _numbered(certificates, name)


def _of_pkcs12(content: bytes, name: str, password: bytes | None) -> Iterator[Bundled]:
    try:
        with quietly():
            opened = pkcs12.load_pkcs12(content, password)
    except (ValueError, UnsupportedAlgorithm) as trouble:
        yield NotRead(where=name, why=_closed(trouble, password))
        return
    if opened.key is not None:
        yield KeyMaterialFound(where=name)
    found = (opened.cert, *opened.additional_certs)
    yield from _numbered([one.certificate for one in found if one is not None], name)


def _closed(trouble: Exception, password: bytes | None) -> str:
    if isinstance(trouble, UnsupportedAlgorithm):
        return "the PKCS#12 container is encrypted in a way that is not supported"
    return _PASSWORDS[password is None]


_PASSWORDS: Final[Mapping[bool, str]] = {
    True: "the PKCS#12 container does not open without a password, or is damaged",
    False: "the password is wrong, or the PKCS#12 container is damaged",
}


def _numbered(certificates: list[x509.Certificate], name: str) -> Iterator[Bundled]:
    for number, one in enumerate(certificates, start=1):
        yield Found(der=one.public_bytes(Encoding.DER), where=f"{name}, certificate {number}")
    if not certificates:
        yield NotRead(where=name, why="no certificate is in it", of_another_kind=True)
