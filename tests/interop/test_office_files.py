"""What Microsoft Office signed: each document gets from each verifier exactly the answers of office-files.toml."""

import base64
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
import pytest
from cryptography import x509

from kanta_tenancy.machinery.ooxml.indication import SubIndication
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.interop.documents import signature_parts
from tests.interop.libreoffice import LibreOffice
from tests.interop.manifests import uncovered
from tests.interop.poi import Poi

TODAY: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
ENCAPSULATED: Final = "{http://uri.etsi.org/01903/v1.3.2#}EncapsulatedX509Certificate"


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    integrity: Outcome
    coverage: Outcome
    certificate: Outcome
    trust: Outcome
    algorithms: Outcome


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    path: str
    made_by: str
    algorithms: str
    note: str
    poi: tuple[bool, ...]
    libreoffice: tuple[bool, ...]
    verdict: Verdict
    rules: tuple[str, ...]
    answers: tuple[Answers, ...]
    uncovered: tuple[str, ...] = ()


TABLE: Final = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("office-files.toml").read_text())["document"], tuple[Document, ...]
)
each_document = pytest.mark.parametrize("document", TABLE, ids=lambda document: Path(document.path).name)


@each_document
def test_our_verifier_gives_the_answers_of_the_table(office: Path, document: Document) -> None:
    report = verify((office / document.path).read_bytes(), at=TODAY)

    assert tuple(answers(report)) == document.answers
    assert sorted({reason.rule for reason in report.reasons}) == list(document.rules)
    assert sorted(report.uncovered) == list(document.uncovered)
    assert report.verdict == document.verdict


@each_document
def test_apache_poi_gives_the_answers_of_the_table(office: Path, poi: Poi, document: Document) -> None:
    verdict = poi.verify(office / document.path)

    assert tuple(signature.valid for signature in verdict.signatures) == document.poi
    assert verdict.error == ""


@each_document
def test_libreoffice_gives_the_answers_of_the_table(office: Path, libreoffice: LibreOffice, document: Document) -> None:
    verdict = libreoffice.verify(office / document.path)

    assert tuple(signature.valid for signature in verdict.signatures) == document.libreoffice
    assert not any(signature.trusted for signature in verdict.signatures)


@each_document
def test_what_is_not_covered_is_what_an_independent_count_finds(office: Path, poi: Poi, document: Document) -> None:
    verdict = poi.verify(office / document.path)
    found = {name for one in verdict.signatures for name in uncovered(office / document.path, verdict, one.part)}

    # A relationship that is signed but leads to a part that is not is a finding of ours alone.
    assert {name.partition("?")[0] for name in found} <= set(document.uncovered)
    assert bool(found) == bool(document.uncovered)


def test_the_table_knows_every_signed_document(office: Path) -> None:
    signed = {str(file.relative_to(office)) for file in office.rglob("*") if is_signed(file)}

    assert {document.path for document in TABLE} == signed


def test_two_signatures_of_office_16_are_valid_for_whoever_asked_then_and_trusted_their_signers(office: Path) -> None:
    data = (office / "libreoffice/xmlsecurity/qa/unit/signing/data/multi.docx").read_bytes()
    then = datetime(2016, 3, 1, tzinfo=UTC)
    report = verify(data, at=then, anchors=[issuers(data)[0]])

    assert report.indicated.sub_indication is SubIndication.TRY_LATER  # nobody has their issuer's lists any more
    signers = [one.signer_certificate for one in report.signatures if one.signer_certificate]
    report = verify(data, at=then, anchors=signers)

    assert (report.verdict, report.reasons, len(report.signatures)) == (Verdict.VALID, (), 2)


def answers(report: Report) -> list[Answers]:
    return [
        Answers(
            integrity=one.integrity.outcome,
            coverage=one.coverage.outcome,
            certificate=one.certificate.outcome,
            trust=one.trust.outcome,
            algorithms=one.algorithms.outcome,
        )
        for one in report.signatures
    ]


def is_signed(file: Path) -> bool:
    return file.suffix in {".docx", ".xlsx", ".pptx"} and bool(signature_parts(file.read_bytes()))


def issuers(data: bytes) -> list[x509.Certificate]:
    """Return the certificates of authorities that Office put beside the signatures."""
    return [
        x509.load_der_x509_certificate(base64.b64decode(element.text or ""))
        for signature in signature_parts(data).values()
        for element in signature.iter(ENCAPSULATED)
    ]
