"""The attacks of the catalogue, built on a document that Microsoft Office signed: each is invalid by the same rule."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.interop.documents import entries
from tests.interop.test_office_files import issuers
from tests.machinery.ooxml.verification.attacks.building import Attack
from tests.machinery.ooxml.verification.documents import Parts, packed
from tests.machinery.ooxml.verification.test_catalogue import TAMPERED, each_of

SIGNED_BY_OFFICE: Final = "libreoffice/xmlsecurity/qa/unit/signing/data/multi.docx"
SIGNED_AT: Final = datetime(2016, 2, 5, tzinfo=UTC)  # the day after

Verify = Callable[[Parts | bytes], Report]


@pytest.fixture(scope="module")
def data(office: Path) -> bytes:
    return (office / SIGNED_BY_OFFICE).read_bytes()


@pytest.fixture(scope="module")
def parts(data: bytes) -> Parts:
    return entries(data)


@pytest.fixture(scope="module")
def verified(data: bytes) -> Verify:
    """Verify as of then, and trust whom its signer trusted."""
    anchors = issuers(data)
    return lambda changed: verify(
        changed if isinstance(changed, bytes) else packed(changed), at=SIGNED_AT, anchors=anchors
    )


def test_the_attacks_begin_with_what_is_sound(parts: Parts, verified: Verify) -> None:
    report = verified(parts)

    assert report.verdict is not Verdict.INVALID
    assert {each.integrity.outcome for each in report.signatures} == {Outcome.PASSED}
    assert {each.coverage.outcome for each in report.signatures} == {Outcome.PASSED}


@pytest.mark.parametrize("attack", each_of(TAMPERED))
def test_a_document_that_office_signed_is_invalid_after(parts: Parts, verified: Verify, attack: Attack) -> None:
    report = verified(attack.change(parts))

    assert report.verdict is Verdict.INVALID
    assert set(attack.rules) <= {reason.rule for reason in report.reasons}
