"""Who issued a certificate is found by name and key and proved by its signature, whatever comes first."""

import itertools

import pytest

from kanta_tenancy.certificates.chains.model import ChainEnd
from kanta_tenancy.certificates.inventory.errors import CertificateNotFound
from tests.certificates.chains.authority import BEGAN, DAY, YEAR, a_server, an_authority, der
from tests.machinery.x509 import der as odd
from tests.parties.examples import a_realm

ROOT = an_authority("Root")
ISSUING = an_authority("Issuing", by=ROOT)
SERVER = a_server(ISSUING)
ALL = (SERVER, ISSUING.certificate, ROOT.certificate)


async def subjects(examination, certificate_id) -> list[str]:
    return [link.row.common_name for link in (await examination.chain(certificate_id)).links]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_chain_is_whole_in_whatever_order_its_certificates_come(examination, order):
    ids = {}
    for number in order:
        (ids[number],) = await examination.have(ALL[number])
    chain = await examination.chain(ids[0])
    assert [link.row.id for link in chain.links] == [ids[0], ids[1], ids[2]]
    assert chain.end is ChainEnd.ROOT
    assert not [rule for one in ids.values() for rule in await examination.amiss(one) if rule.startswith("chain.")]
    assert await examination.examine() == 0


async def test_nothing_is_known_of_a_chain_before_it_was_examined(examination):
    (server,) = await examination.hand_in(SERVER)
    assert (await examination.chain(server)).end is ChainEnd.NOT_EXAMINED
    assert await examination.examine() == 1
    assert (await examination.chain(server)).end is ChainEnd.ISSUER_MISSING


async def test_a_missing_intermediate_is_found_and_cleared_when_it_comes(examination):
    (server,) = await examination.have(SERVER)
    (finding,) = [one for one in await examination.findings(server) if one.rule.startswith("chain.")]
    assert (finding.rule, finding.severity, finding.facts) == (
        "chain.issuer_missing",
        "warning",
        {"issuer": "CN=Issuing"},
    )
    assert "CN=Issuing" in finding.sentence.fi
    await examination.have(ISSUING.certificate)
    assert await examination.amiss(server) == set()
    assert (await examination.chain(server)).end is ChainEnd.ISSUER_MISSING  # the root is not here, and need not be


async def test_a_namesake_whose_key_is_another_issued_nothing(examination):
    namesake = an_authority("Issuing", key_of="somebody else")
    server, other = await examination.have(SERVER, namesake.certificate)
    assert await subjects(examination, server) == ["palvelin.example.org"]
    assert await examination.amiss(server) == {"chain.not_issued_by_namesake"}
    assert (await examination.chain(other)).end is ChainEnd.ROOT


async def test_of_two_namesakes_the_one_whose_key_signed_is_the_issuer(examination):
    other = an_authority("Issuing", by=ROOT, key_of="its next key")
    server, next_one, issuing = await examination.have(SERVER, other.certificate, ISSUING.certificate)
    assert [link.row.id for link in (await examination.chain(server)).links] == [server, issuing]
    late = a_server(other, name="late.example.org")
    (ended,) = await examination.have(late)
    assert [link.row.id for link in (await examination.chain(ended)).links] == [ended, next_one]


async def test_an_authoritys_certificate_that_was_renewed_with_its_key_takes_the_place_of_the_old_one(examination):
    ends_early = an_authority("Issuing", by=ROOT, lasts=100 * DAY)
    server, _ = await examination.have(SERVER, ends_early.certificate)
    assert await examination.amiss(server) == {"chain.issuer_ends_first"}
    (renewed,) = await examination.have(ISSUING.certificate)
    assert [link.row.id for link in (await examination.chain(server)).links] == [server, renewed]
    assert await examination.amiss(server) == set()


async def test_an_issuer_that_expires_before_its_certificates_is_told_of_and_then_is_an_error(examination, clock):
    ends_early = an_authority("Issuing", by=ROOT, lasts=100 * DAY)
    server, *_ = await examination.have(SERVER, ends_early.certificate, ROOT.certificate)
    (finding,) = await examination.findings(server)
    assert (finding.rule, finding.severity) == ("chain.issuer_ends_first", "warning")
    assert "11 May 2026" in finding.sentence.en
    clock.at = BEGAN + 100 * DAY
    clock.advance(hours=1)
    await examination.examine()
    (finding,) = await examination.findings(server)
    assert (finding.rule, finding.severity) == ("chain.issuer_expired", "error")
    clock.at = BEGAN + YEAR + DAY
    await examination.examine()
    assert await examination.amiss(server) == set()  # it has expired itself


async def test_an_authority_far_up_counts_too(examination):
    root = an_authority("Old root", lasts=60 * DAY)
    issuing = an_authority("Below", by=root)
    server, *_ = await examination.have(a_server(issuing), issuing.certificate, root.certificate)
    (finding,) = await examination.findings(server)
    assert finding.facts["issuer"] == "Old root"


async def test_one_that_is_valid_only_later_is_an_error_until_then(examination, clock):
    later = an_authority("Later", by=ROOT, starts=clock.now() + 10 * DAY)
    server, *_ = await examination.have(a_server(later), later.certificate)
    assert await examination.amiss(server) == {"chain.issuer_not_yet_valid"}
    clock.advance(days=10, hours=1)
    await examination.examine()
    assert await examination.amiss(server) == set()


async def test_a_self_signed_server_is_its_own_issuer(examination):
    (server,) = await examination.have(a_server(None))
    chain = await examination.chain(server)
    assert (len(chain.links), chain.end) == (1, ChainEnd.ROOT)
    assert await examination.owed() == []


async def test_authorities_that_issued_each_other_make_no_endless_chain(examination):
    one = an_authority("One", by=an_authority("Other"), key_of="One")
    other = an_authority("Other", by=an_authority("One"), key_of="Other")
    server, *_ = await examination.have(a_server(one), one.certificate, other.certificate)
    chain = await examination.chain(server)
    assert chain.end is ChainEnd.TOO_LONG
    assert await examination.examine() == 0


async def test_what_cannot_be_read_is_an_error_and_no_crash(examination):
    server, odd_one = await examination.have(der(SERVER)[:-30], odd.certificate())
    assert await examination.amiss(server) == {"lint.unreadable"}
    assert (await examination.chain(server)).end is ChainEnd.UNREADABLE
    assert "lint.rfc5280.names" in await examination.amiss(odd_one)


async def test_one_that_is_not_in_use_has_nothing_amiss_and_keeps_its_chain(examination):
    (server,) = await examination.have(SERVER)
    await examination.retire(server)
    assert await examination.examine() == 1
    assert await examination.amiss(server) == set()
    await examination.have(ISSUING.certificate)
    assert await subjects(examination, server) == ["palvelin.example.org", "Issuing"]
    await examination.restore(server)
    await examination.examine()
    assert await examination.amiss(server) == set()


async def test_another_realm_sees_nothing_and_issues_nothing_here(examination, database, clock):

    theirs = type(examination)(database, clock, await a_realm(database, clock, 3000000))
    (issuing,) = await theirs.have(ISSUING.certificate)
    (server,) = await examination.have(SERVER)
    assert (await examination.chain(server)).end is ChainEnd.ISSUER_MISSING
    with pytest.raises(CertificateNotFound):
        await examination.chain(issuing)
