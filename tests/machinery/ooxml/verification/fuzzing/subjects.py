"""The good files that are changed: signed here with one signature and with two, and signed by Office."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from cryptography import x509

from kanta_tenancy.machinery.ooxml.report import Outcome, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.interop.documents import agreement, entries
from tests.interop.installation import OFFICE
from tests.interop.test_office_files import issuers
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document, body, packed, paragraph
from tests.machinery.ooxml.verification.forger import signed
from tests.machinery.ooxml.verification.fuzzing.meaning import Meaning, meaning
from tests.machinery.ooxml.verification.signers import NOW, authority, signer
from tests.machinery.opc.zips import Item, deflated

_SIGNED_BY_OFFICE: Final = OFFICE / "libreoffice/xmlsecurity/qa/unit/signing/data"
OFFICE_SIGNED_AT: Final = datetime(2016, 2, 5, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A good file, and what is known of it."""

    name: str
    data: bytes
    at: datetime
    anchors: tuple[x509.Certificate, ...]
    items: tuple[Item, ...]
    meaning: Meaning
    claims: tuple[tuple[object, ...], ...]  # of its signatures

    def verify(self, data: bytes) -> Report:
        return verify(data, at=self.at, anchors=self.anchors)


def claims(one: SignatureReport) -> tuple[object, ...]:
    return (one.fingerprint, one.signed_at, one.comments, one.text, one.setup_id)


def read_subject(name: str, data: bytes, at: datetime, anchors: Sequence[x509.Certificate]) -> Subject:
    report = verify(data, at=at, anchors=anchors)
    assert report.verdict is not Verdict.INVALID, report.reasons
    assert {each.integrity.outcome for each in report.signatures} == {Outcome.PASSED}
    return Subject(
        name=name,
        data=data,
        at=at,
        anchors=tuple(anchors),
        items=tuple(Item(name=each, content=content, raw=deflated(content)) for each, content in entries(data).items()),
        meaning=meaning(data),
        claims=tuple(map(claims, report.signatures)),
    )


@functools.cache
def ours() -> tuple[Subject, ...]:
    """Return files that were signed here: by hand, once, and twice on signature lines."""
    by_hand = packed(signed(a_document()))
    other = a_document(**{DOCUMENT: body(paragraph("Maksetaan 200 euroa."))})  # else a signature would fit either
    once = sign(packed(other), signer("Eino", KeyKind.RSA_2048), at=NOW, comments="Hyväksyn")
    twice = agreement([UUID(int=1, version=4), UUID(int=2, version=4)])
    for number, kind in enumerate((KeyKind.EC_P256, KeyKind.RSA_2048)):
        line = signature_lines(twice)[number]
        twice = sign(twice, signer(("Aino", "Eino")[number], kind), at=NOW, line=line, comments=f"Nro {number}")
    anchors = (authority().root,)
    files = {"by hand": by_hand, "once": once, "twice": twice}
    return tuple(read_subject(name, data, NOW, anchors) for name, data in files.items())


def of_office() -> tuple[Subject, ...]:
    """Return files that Office signed, verified as of then by whom their signer trusted."""
    found = {name: (_SIGNED_BY_OFFICE / name).read_bytes() for name in ("multi.docx", "partial.docx")}
    return tuple(read_subject(name, data, OFFICE_SIGNED_AT, issuers(data)) for name, data in found.items())
