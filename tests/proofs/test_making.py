"""A bundle holds all that proves an agreement, is the same whoever makes it, and passes the verifier that trusts nobody."""

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.proofs import bundle


async def test_a_bundle_of_an_agreement_that_both_signed_is_valid(office):
    agreement = await office.desk.in_force()
    await office.settle()
    made = await office.proof(agreement)
    found = office.verify(made, await office.trusted())
    assert [one for one in found.findings if one.outcome is not Outcome.PASSED] == []
    assert (found.verdict, found.agreement_id) == (Verdict.VALID, agreement.id)
    assert found.proved_at is not None
    print(sorted(bundle.read(made)))
