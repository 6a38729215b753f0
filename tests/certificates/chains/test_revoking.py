"""Authorities are asked whether certificates were revoked: real ones on loopback, by a clock that moves."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

import msgspec
import pytest
from cryptography import x509

from kanta_tenancy import promises
from kanta_tenancy.certificates.chains.model import RevocationStatus
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.model import Description
from kanta_tenancy.certificates.warnings.store import amiss
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.parties import Function
from tests.certificates.chains.authority import DAY, a_server, an_authority
from tests.parties.examples import named, owner_of

HOUR = timedelta(hours=1)
GOOD, REVOKED, INDETERMINATE = RevocationStatus.GOOD, RevocationStatus.REVOKED, RevocationStatus.INDETERMINATE
ROOT = an_authority("Root")
ISSUING = an_authority("Issuing", by=ROOT)
ON_HOLD = x509.ReasonFlags.certificate_hold


@pytest.fixture
def answered(publisher) -> x509.Certificate:
    """A certificate whose authority answers by OCSP and publishes a list."""
    publisher.of = ISSUING
    made = a_server(ISSUING, extensions=(publisher.answers(), publisher.lists()))
    publisher.known[made.serial_number] = made
    return made


@pytest.fixture
def listed(publisher) -> x509.Certificate:
    """A certificate whose authority publishes a list alone."""
    publisher.of = ISSUING
    return a_server(ISSUING, extensions=(publisher.lists(),))


@pytest.fixture
async def technician(database, clock, realm) -> str:
    """Somebody who reads what is technical."""
    own = await owner_of(database, realm)
    email, since = "it@example.org", date(2020, 1, 1)
    await named(database, clock, realm, own, email=email, function=Function.TECHNICAL, valid_from=since)
    return email


async def test_an_authority_is_asked_as_soon_as_its_certificate_is_here(examination, publisher, answered, clock):
    (one,) = await examination.have(answered)
    assert await examination.owed() == []
    await examination.have(ISSUING.certificate)
    assert await examination.ask() == 1
    said = await examination.revocation(one)
    assert (said.status, said.asked_at, said.since) == (GOOD, clock.now(), clock.now())
    assert (said.produced_at, said.next_at) == (clock.now(), clock.now() + 7 * DAY)
    assert publisher.asked == ["/ocsp"]
    (promise,) = await examination.owed()
    assert (promise.state, promise.due_at) == (promises.State.OWED, clock.now() + DAY)
    assert await examination.audited() == []


async def test_it_is_asked_again_each_day_until_it_ends(examination, publisher, answered, clock):
    await examination.have(answered, ISSUING.certificate)
    await examination.ask_until(clock.now() + 5 * DAY)
    assert len(publisher.asked) == 5
    clock.at = answered.not_valid_after_utc + HOUR
    assert await examination.ask() == 1
    (promise,) = await examination.owed()
    assert promise.state is promises.State.RELEASED
    assert await examination.audited() == []


async def test_what_counts_for_hours_is_asked_for_again_at_half_of_that(examination, publisher, answered, clock):
    publisher.lasts = 8 * HOUR
    await examination.have(answered, ISSUING.certificate)
    await examination.ask()
    (promise,) = await examination.owed()
    assert promise.due_at == clock.now() + 4 * HOUR


async def test_a_list_is_fetched_once_for_all_that_it_speaks_of(examination, publisher, listed):
    others = [a_server(ISSUING, name=f"s{n}.example.org", extensions=(publisher.lists(),)) for n in range(9)]
    ids = await examination.have(ISSUING.certificate, listed, *others)
    while await examination.ask():
        pass
    assert {(await examination.revocation(one)).status for one in ids[1:]} == {GOOD}
    assert len(publisher.asked) <= 4  # so many are asked for side by side


async def test_a_revocation_is_told_of_at_once_and_once(examination, publisher, answered, technician, owner):
    clock = examination.clock
    (one, _) = await examination.have(answered, ISSUING.certificate)
    await examination.ask()
    clock.advance(hours=5)
    publisher.revoke(answered)
    await examination.ask_until(clock.now() + 3 * DAY)
    said = await examination.revocation(one)
    assert (said.status, said.revoked_at) == (REVOKED, clock.now() - 3 * DAY)
    (finding,) = [found for found in await examination.findings(one) if found.rule == "revocation.revoked"]
    assert finding.severity == "error"
    (notice,) = await owner.fetch("SELECT topic, urgent, email, lines FROM notice")
    assert (notice["topic"], notice["urgent"], notice["email"]) == ("certificate.revoked", True, technician)
    assert "Its authority revoked the certificate palvelin.example.org on" in notice["lines"]
    (promise,) = await examination.owed()
    assert promise.state is promises.State.KEPT
    bodies = await owner.fetch("SELECT body FROM outbox WHERE kind = 'certificate.revoked'")
    assert [msgspec.json.decode(row["body"])["certificate_id"] for row in bodies] == [str(one)]
    entries = await owner.fetchval(
        "SELECT count(*) FROM journal_entry WHERE entry LIKE '%certificate.revocation_changed%'"
    )
    assert entries == 2  # good, then revoked
    await examination.examine()
    assert "revocation.revoked" in await examination.amiss(one)


async def answer_for(examination, certificate_id, *emails: str) -> None:
    """Have two people answer for a certificate, who have no technical function."""
    database, clock, realm = examination.database, examination.clock, examination.caller
    own, since = await owner_of(database, realm), date(2020, 1, 1)
    responsible, deputy = [
        await named(database, clock, realm, own, email=email, function=Function.AGREEMENTS, valid_from=since)
        for email in emails
    ]
    version = (await examination.read(certificate_id)).version
    said = Description(kind="server", profile=None, responsible_id=responsible.id, deputy_id=deputy.id)
    async with examination.database.transaction(examination.caller) as tx:
        await actions.describe(tx, examination.clock, certificate_id, said, version=version)


async def untold(examination) -> set[UUID]:
    async with examination.database.transaction(examination.caller) as tx:
        return {one.finding_id for one in await amiss.untold(tx, day_in_finland(examination.clock.now()))}


async def test_who_answers_for_it_and_the_deputy_hear_of_a_revocation_too_in_one_mail_each(
    examination, publisher, answered, technician, owner
):
    (certificate_id, _) = await examination.have(answered, ISSUING.certificate)
    await answer_for(examination, certificate_id, technician.upper(), "deputy@example.org")
    publisher.revoke(answered)
    await examination.ask()
    told = await owner.fetch("SELECT email, topic FROM notice")
    assert sorted((row["email"].lower(), row["topic"]) for row in told) == [
        ("deputy@example.org", "certificate.revoked"),
        (technician, "certificate.revoked"),
    ]
    (revoked,) = [one for one in await examination.findings(certificate_id) if one.rule == "revocation.revoked"]
    assert revoked.id not in await untold(examination)  # the next digest does not say it once more


async def test_while_there_is_nobody_to_tell_a_revocation_waits_for_the_next_digest(
    examination, publisher, answered, owner
):
    await examination.have(answered, ISSUING.certificate)
    publisher.revoke(answered)
    await examination.ask()
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0
    assert len(await untold(examination)) == 1


@pytest.mark.usefixtures("technician")
async def test_of_one_that_was_replaced_nobody_is_told_but_its_state_is_kept(examination, publisher, answered, owner):
    (one, _, other) = await examination.have(answered, ISSUING.certificate, a_server(ISSUING, name="b.example.org"))
    await examination.replace(one, other)
    await examination.examine()
    publisher.revoke(answered)
    await examination.ask()
    assert (await examination.revocation(one)).status is REVOKED
    assert await examination.amiss(one) == set()
    assert await owner.fetchval("SELECT count(*) FROM notice") == 0


async def test_one_on_hold_is_asked_about_again_and_may_come_back(examination, publisher, answered, clock):
    (one, _) = await examination.have(answered, ISSUING.certificate)
    publisher.revoke(answered, ON_HOLD)
    await examination.ask()
    assert (await examination.revocation(one)).status is REVOKED
    publisher.revoked.clear()
    await examination.ask_until(clock.now() + 2 * DAY)
    assert (await examination.revocation(one)).status is GOOD
    assert await examination.amiss(one) == set()


async def test_one_on_hold_stays_so_while_its_authority_is_silent(examination, publisher, answered, clock):
    (one, _) = await examination.have(answered, ISSUING.certificate)
    publisher.revoke(answered, ON_HOLD)
    await examination.ask()
    publisher.silent = True
    await examination.ask_until(clock.now() + 10 * DAY)
    assert (await examination.revocation(one)).status is REVOKED
    publisher.silent = False
    publisher.revoked.clear()
    await examination.ask_until(clock.now() + 2 * DAY)
    assert (await examination.revocation(one)).status is GOOD


async def test_an_authority_that_was_never_to_be_had_leaves_it_indeterminate_and_that_is_told(
    examination, publisher, answered, clock
):
    publisher.silent = True
    (one, _) = await examination.have(answered, ISSUING.certificate)
    await examination.ask()
    said = await examination.revocation(one)
    assert (said.status, said.next_at) == (INDETERMINATE, None)
    assert "127.0.0.1: It answered with the status 503." in said.because
    assert await examination.amiss(one) == set()  # it may yet answer
    await examination.ask_until(clock.now() + 9 * HOUR)
    (finding,) = await examination.findings(one)
    assert (finding.rule, finding.severity) == ("revocation.unknown", "warning")
    asked = len(publisher.asked)
    await examination.ask_until(clock.now() + 20 * DAY)
    assert len(publisher.asked) - asked < 2 * 30  # ever more seldom, at last once a day, each time at two addresses
    publisher.silent = False
    await examination.ask_until(clock.now() + 2 * DAY)
    assert (await examination.revocation(one)).status is GOOD
    assert await examination.amiss(one) == set()
    assert {promise.attempts for promise in await examination.owed()} == {0}


@pytest.mark.parametrize("by", ["answered", "listed"])
async def test_while_an_authority_is_silent_its_last_word_counts_for_as_long_as_it_said(
    examination, publisher, clock, request, by
):
    certificate = request.getfixturevalue(by)
    (one, _) = await examination.have(certificate, ISSUING.certificate)
    await examination.ask()
    began = clock.now()
    publisher.silent = True
    await examination.ask_until(began + 7 * DAY - HOUR)
    said = await examination.revocation(one)
    assert (said.status, said.since, said.produced_at) == (GOOD, began, began)
    await examination.ask_until(began + 9 * DAY)
    assert (await examination.revocation(one)).status is INDETERMINATE


async def test_one_that_says_nowhere_where_to_ask_is_indeterminate_for_good_and_no_finding(examination, clock):
    (one, _) = await examination.have(a_server(ISSUING), ISSUING.certificate)
    await examination.ask()
    said = await examination.revocation(one)
    assert (said.status, said.because) == (
        INDETERMINATE,
        "The certificate of palvelin.example.org does not say where to ask.",
    )
    clock.advance(days=31)
    await examination.examine()
    assert await examination.amiss(one) == set()
    (promise,) = await examination.owed()
    assert promise.state is promises.State.KEPT
    assert await examination.audited() == []


async def test_nothing_is_sent_to_an_internal_address_that_nobody_allowed(examination, publisher, answered):
    (one, _) = await examination.have(answered, ISSUING.certificate)
    await examination.ask(allowed="192.0.2.0/24")
    assert publisher.asked == []
    said = await examination.revocation(one)
    assert said.status is INDETERMINATE
    assert "leads to" in said.because


async def test_whoever_signs_in_the_authoritys_name_is_not_believed(examination, publisher, answered):
    publisher.of = an_authority("Issuing", key_of="forger")
    (one, _) = await examination.have(answered, ISSUING.certificate)
    publisher.revoke(answered)
    await examination.ask()
    assert (await examination.revocation(one)).status is INDETERMINATE


async def test_an_issuer_that_was_revoked_is_an_error_of_every_certificate_below_it(examination, publisher):
    publisher.of = ROOT
    issuing = an_authority("Revoked", by=ROOT, extensions=(publisher.lists(),))
    below = an_authority("Below", by=issuing)
    server, *_ = await examination.have(a_server(below), below.certificate, issuing.certificate, ROOT.certificate)
    publisher.revoke(issuing.certificate)
    await examination.ask()
    await examination.examine()
    assert await examination.amiss(server) == {"chain.issuer_revoked"}


async def test_many_at_once_ask_once(examination, publisher, answered, owner):
    await examination.have(answered, ISSUING.certificate)
    assert sum(await asyncio.gather(*(examination.ask() for _ in range(4)))) == 1
    assert publisher.asked == ["/ocsp"]


async def test_the_audit_misses_a_question_that_is_not_owed(examination, answered, owner, clock):
    (one, _) = await examination.have(answered, ISSUING.certificate)
    await owner.execute("DELETE FROM promise_work")
    await owner.execute("DELETE FROM promise")
    (finding,) = await examination.audited()
    assert (finding.what, finding.subject) == (promises.What.MISSING, f"certificate/{one}")
