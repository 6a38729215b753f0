"""What was signed on paper is told as what it is: a scan that its receipt and the journal name, and nobody verifies."""

import pytest

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.proofs import bundle
from kanta_tenancy.proofs.verifying.findings import Statement
from tests.agreements.earlier.test_earlier import brought
from tests.proofs.stranger import verdict_on


def by_outcome(found, outcome: Outcome) -> set[Statement]:
    return {one.statement for one in found.findings if one.outcome is outcome}


async def in_force(office, *on_paper: Party):
    agreement = await office.desk.offered()
    for who in agreement.signatories:
        sign = office.desk.sign_on_paper if who.party in on_paper else office.desk.sign
        agreement = await sign(agreement, who)
    await office.settle()
    return agreement


@pytest.mark.parametrize("on_paper", [(Party.TENANT,), (Party.MAIN_CONNECTOR,), tuple(Party)], ids=str)
async def test_a_signature_on_paper_stays_open_for_both_verifiers(office, tmp_path, on_paper):
    agreement = await in_force(office, *on_paper)
    content = await office.proof(agreement)
    found = office.verify(content, await office.trusted())
    assert (found.verdict, by_outcome(found, Outcome.UNKNOWN)) == (Verdict.INDETERMINATE, {Statement.PAPER}), found
    assert Statement.EXHIBITS in by_outcome(found, Outcome.PASSED)
    file = tmp_path / "proof.zip"
    file.write_bytes(content)
    assert verdict_on(file, office.keys.folder / "seal-1.pem", office.stamps.trust) == "indeterminate"


async def test_another_scan_in_its_place_is_found(office):
    agreement = await in_force(office, Party.TENANT)
    files = bundle.read(await office.proof(agreement))
    [scan] = [name for name in files if name.startswith("exhibits/")]
    files[scan] = b"%PDF-1.7\nanother\n%%EOF\n"
    found = office.verify(office.sealed_anew(files), await office.trusted())
    assert (found.verdict, by_outcome(found, Outcome.FAILED)) == (Verdict.INVALID, {Statement.RECEIPTS})


async def test_the_report_says_in_the_agreements_language_that_it_is_a_scan(office):
    agreement = await in_force(office, Party.TENANT)
    files = bundle.read(await office.proof(agreement))
    assert "på papper; här finns en bild" in files["report.txt"].decode()


async def test_of_an_agreement_of_before_this_service_its_file_and_its_journal_are_proved(office):
    scan = await office.desk.exhibit(Party.TENANT)
    agreement = await brought(office.desk, exhibit_id=scan.id)
    await office.settle()
    content = await office.proof(agreement)
    assert [name for name in bundle.read(content) if name.startswith(("documents/", "receipts/"))] == []
    found = office.verify(content, await office.trusted())
    assert by_outcome(found, Outcome.FAILED) == set()
    assert found.proved_at is not None
