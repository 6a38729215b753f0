"""The files of a bundle against its manifest, and what is read from them. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec
from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.proofs import cases
from kanta_tenancy.proofs import model as m
from kanta_tenancy.proofs.cases import CaseManifest
from kanta_tenancy.proofs.evidence import ANSWER, LIST
from kanta_tenancy.proofs.verifying.findings import Finding, Statement, failed, passed

T = TypeVar("T")


class Unfit(Exception):
    """A file that is missing, or says nothing that can be used: `reason` is a sentence without its stop."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Bundle(Record, frozen=True, kw_only=True):
    """The files of a bundle with its manifest; nothing in them is believed yet."""

    files: Mapping[str, bytes]
    manifest: m.Listing

    def of(self, folder: str) -> dict[str, bytes]:
        """Return the files of a folder, by name."""
        return {name: self.files[name] for name in sorted(self.files) if name.startswith(folder)}

    @property
    def documents(self) -> tuple[tuple[str, bytes], ...]:
        """Every revision of the document, the offer first and the newest last."""
        return tuple(sorted(self.of(m.DOCUMENTS).items(), key=_revision))

    @property
    def certificates(self) -> tuple[x509.Certificate, ...]:
        """Every certificate that can be read; that it is here makes none of them trusted."""
        return tuple(_readable(self.of(m.CERTIFICATES)))

    @property
    def revocation(self) -> RevocationData:
        """Every list and answer; each counts only when who may say so has signed it."""
        found = self.of(m.REVOCATION)
        return RevocationData(
            crls=tuple(content for name, content in found.items() if name.endswith(f".{LIST}")),
            ocsp=tuple(content for name, content in found.items() if name.endswith(f".{ANSWER}")),
        )


class AgreementBundle(Bundle, frozen=True, kw_only=True):
    manifest: m.Manifest


class CaseBundle(Bundle, frozen=True, kw_only=True):
    manifest: CaseManifest


class _Formatted(msgspec.Struct, frozen=True, kw_only=True):
    format: str


def opened(files: Mapping[str, bytes]) -> AgreementBundle | CaseBundle:
    """Return files as the bundle of the format that its manifest names.

    Raises:
        Unfit: there is no manifest, or of another format.
    """
    match decoded(files, m.MANIFEST, _Formatted).format:
        case m.FORMAT:
            return AgreementBundle(files=files, manifest=decoded(files, m.MANIFEST, m.Manifest))
        case cases.CASE_FORMAT:
            return CaseBundle(files=files, manifest=decoded(files, m.MANIFEST, CaseManifest))
        case _:
            raise Unfit(f"it is in another format than {m.FORMAT} and {cases.CASE_FORMAT}")


def checksums(bundle: Bundle) -> Finding:
    """Compare every file with the manifest."""
    listed = {one.name: one for one in bundle.manifest.files}
    there = bundle.files.keys() - {m.MANIFEST, m.MANIFEST_SEAL}
    wrong = [f"{name} is missing" for name in sorted(listed.keys() - there)]
    wrong += [f"{name} is not in the manifest" for name in sorted(there - listed.keys())]
    wrong += [f"{name} was changed" for name in sorted(there & listed.keys()) if not _is(listed[name], bundle)]
    if len(listed) != len(bundle.manifest.files):
        wrong.append("the manifest names a file twice")
    if wrong:
        return failed(Statement.CHECKSUMS, f"{'; '.join(wrong)}.")
    return passed(Statement.CHECKSUMS, f"All {len(there)} files are as the manifest says.")


def decoded(files: Mapping[str, bytes], name: str, kind: type[T]) -> T:
    """Return what a JSON file says.

    Raises:
        Unfit: it is missing, or says something else.
    """
    content = content_of(files, name)
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise Unfit(f"{name} is not what the format says") from error


def content_of(files: Mapping[str, bytes], name: str) -> bytes:
    """Return a file.

    Raises:
        Unfit: it is missing.
    """
    if name not in files:
        raise Unfit(f"{name} is missing")
    return files[name]


def text_of(files: Mapping[str, bytes], name: str) -> str:
    """Return a file that is a text in ASCII, such as a seal.

    Raises:
        Unfit: it is missing, or none.
    """
    try:
        return content_of(files, name).decode("ascii")
    except UnicodeDecodeError as error:
        raise Unfit(f"{name} is no text in ASCII") from error


def _is(listed: m.File, bundle: Bundle) -> bool:
    content = bundle.files[listed.name]
    return (len(content), hashlib.sha256(content).hexdigest()) == (listed.size, listed.sha256)


def _revision(named: tuple[str, bytes]) -> tuple[int, str]:
    number = named[0].removeprefix(m.DOCUMENTS).removesuffix(".docx")
    return (int(number) if number.isdecimal() else -1, number)


def _readable(files: Mapping[str, bytes]) -> Iterator[x509.Certificate]:
    for content in files.values():
        try:
            yield certificate_from_der(content)
        except CertificateUnreadable:
            continue
