"""What the signatures of documents, and the timestamp of a checkpoint, were judged by. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.ooxml.verification.reading import Signature, read
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.x509 import paths, timestamps
from kanta_tenancy.machinery.x509.paths import Purpose, path_of
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData, Standing, judge_path
from kanta_tenancy.machinery.x509.timestamps import Timestamp, TokenUnsound
from kanta_tenancy.trust import Judging
from kanta_tenancy.trust.fitting import fit

CERTIFICATE: Final = "der"
LIST: Final = "crl"
ANSWER: Final = "ocsp"
TOKEN: Final = "tst"  # noqa: S105 -- the ending of a file


class Evidence(Record, frozen=True, kw_only=True):
    certificates: tuple[x509.Certificate, ...] = ()
    revocation: RevocationData = NOTHING
    tokens: tuple[bytes, ...] = ()

    def with_more(self, other: "Evidence") -> "Evidence":
        """Return both together, each once."""
        return Evidence(
            certificates=tuple(dict.fromkeys(self.certificates + other.certificates)),
            revocation=self.revocation.with_more(other.revocation),
            tokens=tuple(dict.fromkeys(self.tokens + other.tokens)),
        )

    def files(self, *, certificates: str, revocation: str, tokens: str) -> Iterator[tuple[str, bytes]]:
        """Return each as a file in the folder of its kind, called by its digest."""
        for one in self.certificates:
            yield _named(certificates, one.public_bytes(Encoding.DER), CERTIFICATE)
        for der in self.revocation.crls:
            yield _named(revocation, der, LIST)
        for der in self.revocation.ocsp:
            yield _named(revocation, der, ANSWER)
        for token in self.tokens:
            yield _named(tokens, token, TOKEN)


def carried(docx: bytes) -> Evidence:
    """Return what the signatures of a document bring with them."""
    package = Package.read(docx)
    found = Evidence()
    for part in plumbing.find(package).signatures:
        try:
            found = found.with_more(_of(read(package.content(part))))
        except BrokenPackage:
            continue  # it brings nothing that could be used; the report says what is wrong with it
    return found


class Kept(Record, frozen=True, kw_only=True):
    """What a main connector trusts and keeps: as of a checkpoint, and now."""

    at: datetime
    then: Judging
    now: Judging

    def about(self, path: Sequence[x509.Certificate]) -> RevocationData:
        """Return what was kept about a path then; with what is kept now, when that leaves a certificate open."""
        found = fit(self.then.revocation, path)
        judged = judge_path(path_of(path), found, at=self.at, freshness=self.then.freshness)
        if all(one.standing is not Standing.UNKNOWN for one in judged):
            return found
        return found.with_more(fit(self.now.revocation, path))


def of_report(report: Report, kept: Kept) -> Evidence:
    """Return the paths that a report followed, and what is kept about the certificates of each."""
    found = Evidence()
    for signature in report.signatures:
        for path in signature.paths:
            found = found.with_more(Evidence(certificates=path, revocation=kept.about(path)))
    return found


def of_token(token: bytes | None, kept: Kept) -> Evidence:
    """Return the way from a timestamp to an authority that is trusted for that, and what is kept about it."""
    try:
        stamp = None if token is None else timestamps.read(token)
    except TokenUnsound:
        return Evidence()
    if stamp is None:
        return Evidence()
    path = _path(stamp, kept.then) or _path(stamp, kept.now)
    brought = (stamp.authority, *stamp.certificates)
    about = kept.about(path) if path else NOTHING
    return Evidence(certificates=(*brought, *path), revocation=about)


def _of(signature: Signature) -> Evidence:
    added = signature.added
    return Evidence(
        certificates=signature.certificates,
        revocation=RevocationData(ocsp=added.ocsp, crls=added.crls),
        tokens=tuple(stamp.token for stamp in added.stamps),
    )


def _path(stamp: Timestamp, judging: Judging) -> tuple[x509.Certificate, ...]:
    return paths.find(
        stamp.authority,
        anchors=judging.timestamp_anchors,
        others=(*stamp.certificates, *judging.intermediates),
        at=stamp.at,
        purpose=Purpose.TIMESTAMPS,
    ).certificates


def _named(folder: str, content: bytes, ending: str) -> tuple[str, bytes]:
    return f"{folder}{hashlib.sha256(content).hexdigest()}.{ending}", content


def together(found: Iterable[Evidence]) -> Evidence:
    every = Evidence()
    for one in found:
        every = every.with_more(one)
    return every
