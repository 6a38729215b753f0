"""The good files that are changed: signed here with one signature and with two, stamped, and signed by Office."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography import x509

from kanta_tenancy.machinery.ooxml.report import Outcome, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import (
    add_timestamp,
    add_validation_data,
    imprint_of,
    signature_parts,
)
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData
from tests.interop.documents import agreement, entries
from tests.interop.installation import OFFICE
from tests.interop.test_office_files import issuers
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document, body, packed, paragraph
from tests.machinery.ooxml.verification.forger import signed
from tests.machinery.ooxml.verification.fuzzing.meaning import Meaning, meaning
from tests.machinery.ooxml.verification.signers import NOW, authority, lists, signer
from tests.machinery.ooxml.verification.test_vouching import STAMPER, STAMPS
from tests.machinery.opc.zips import Item, deflated
from tests.machinery.x509.stamping import Habits, stamp

_SIGNED_BY_OFFICE: Final = OFFICE / "libreoffice/xmlsecurity/qa/unit/signing/data"
_HOUR: Final = timedelta(hours=1)
OFFICE_SIGNED_AT: Final = datetime(2016, 2, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A good file, and what is known of it."""

    name: str
    data: bytes
    at: datetime
    anchors: tuple[x509.Certificate, ...]
    revocation: RevocationData
    items: tuple[Item, ...]
    meaning: Meaning
    claims: tuple[tuple[object, ...], ...]  # of its signatures
    proofs: frozenset[tuple[object, ...]]  # when each was proved to be there

    def verify(self, data: bytes) -> Report:
        return verify(data, at=self.at, anchors=self.anchors, revocation=self.revocation)


def claims(one: SignatureReport) -> tuple[object, ...]:
    return (one.fingerprint, one.signed_at, one.comments, one.text, one.setup_id)


def proof(one: SignatureReport) -> tuple[object, ...]:
    return (*claims(one), one.proved_at)


def read_subject(
    name: str,
    data: bytes,
    at: datetime,
    anchors: Sequence[x509.Certificate],
    revocation: RevocationData = NOTHING,
) -> Subject:
    report = verify(data, at=at, anchors=anchors, revocation=revocation)
    assert report.verdict is not Verdict.INVALID, report.reasons
    assert {each.integrity.outcome for each in report.signatures} == {Outcome.PASSED}
    return Subject(
        name=name,
        data=data,
        at=at,
        anchors=tuple(anchors),
        revocation=revocation,
        items=tuple(Item(name=each, content=content, raw=deflated(content)) for each, content in entries(data).items()),
        meaning=meaning(data),
        claims=tuple(map(claims, report.signatures)),
        proofs=frozenset(proof(each) for each in report.signatures if each.proved_at),
    )


@functools.cache
def ours() -> tuple[Subject, ...]:
    """Return files that were signed here: by hand, once, and twice on signature lines, which is then stamped."""
    by_hand = packed(signed(a_document()))
    other = a_document(**{DOCUMENT: body(paragraph("Maksetaan 200 euroa."))})  # else a signature would fit either
    once = sign(packed(other), signer("Eino", KeyKind.RSA_2048), at=NOW, comments="Hyväksyn")
    anchors = (authority().root, STAMPS.root)
    files = {"by hand": by_hand, "once": once, "twice": twice(1, 2), "lasting": lasting()}
    revocation = {"lasting": NOTHING}
    return tuple(read_subject(name, data, NOW, anchors, revocation.get(name, lists())) for name, data in files.items())


def twice(*lines: int) -> bytes:
    document = agreement([UUID(int=each, version=4) for each in lines])
    for number, kind in enumerate((KeyKind.EC_P256, KeyKind.RSA_2048)):
        line = signature_lines(document)[number]
        document = sign(
            document, signer(("Aino", "Eino")[number], kind), at=NOW - 3 * _HOUR, line=line, comments=f"Nro {number}"
        )
    return document


@functools.cache
def lasting() -> bytes:
    """Return a document whose two signatures were stamped an hour apart, and carry what a verifier will ask for."""
    document = twice(3, 4)
    for number, part in enumerate(signature_parts(document), start=1):
        token = stamp(imprint_of(document, part), STAMPER, at=NOW - number * _HOUR, habits=Habits())
        document = add_timestamp(document, part, token)
        issuers_of_both = [authority().root, STAMPS.root, STAMPS.issuing.certificate]
        document = add_validation_data(document, part, issuers_of_both, lists().with_more(lists(STAMPS)))
    return document


def of_office() -> tuple[Subject, ...]:
    """Return files that Office signed, verified as of then by whom their signer trusted."""
    found = {name: (_SIGNED_BY_OFFICE / name).read_bytes() for name in ("multi.docx", "partial.docx")}
    return tuple(read_subject(name, data, OFFICE_SIGNED_AT, issuers(data)) for name, data in found.items())
