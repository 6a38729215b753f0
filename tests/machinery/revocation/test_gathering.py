"""What authorities say is fetched from real servers on loopback, within limits, and never from where nobody may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.revocation.gathering import Gathered, Gatherer
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData, Standing, judge
from kanta_tenancy.machinery.x509.sample_authority import Revoked, Signer, issue
from tests.conftest import FrozenClock
from tests.machinery.outgoing.receivers import Behaviour, Received, Receiver, answer, endless_chunks, garbage, hang_up
from tests.machinery.x509.authorities import DAY, ISSUED, NOW, answered, authority, listed

OCSP, CA_ISSUERS = AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS


@pytest.fixture
async def servers() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def listening(servers: AsyncExitStack, behave: Behaviour) -> Receiver:
    return await servers.enter_async_context(Receiver(behave).listening())


def signer(
    *, lists: str | list[str] = (), responders: str | list[str] = (), issuers: str | list[str] = ()
) -> Credential:
    """Make a signer's certificate that says where to ask."""
    extensions: list[tuple[x509.ExtensionType, bool]] = []
    points = [x509.DistributionPoint([uri], None, None, None) for uri in map(_uri, _all(lists))]
    access = [x509.AccessDescription(OCSP, uri) for uri in map(_uri, _all(responders))]
    access += [x509.AccessDescription(CA_ISSUERS, uri) for uri in map(_uri, _all(issuers))]
    if points:
        extensions.append((x509.CRLDistributionPoints(points), False))
    if access:
        extensions.append((x509.AuthorityInformationAccess(access), False))
    return issue(authority(), Signer(name="Aino", organisation="Hoivakoti"), at=ISSUED, extensions=extensions)


def _all(urls: str | list[str]) -> list[str]:
    return [urls] if isinstance(urls, str) else list(urls)


def _uri(url: str) -> x509.UniformResourceIdentifier:
    return x509.UniformResourceIdentifier(url)


def gatherer(*, allowed: str = "127.0.0.1/32", most_requests: int = 24, within_s: float = 5) -> Gatherer:
    outgoing = Outgoing(allowed=read_allowed(allowed), without_tls=True, most_read=1_000_000, within_s=within_s)
    return Gatherer(outgoing, FrozenClock(NOW), most_requests=most_requests)


async def asked(of: Credential, *, known: RevocationData = NOTHING, by: Gatherer | None = None) -> Gathered:
    return await (by or gatherer()).revocation([of.chain], known)


def standing(of: Credential, found: Gathered) -> Standing:
    return judge(of.chain[0], of.chain[1], found.data, at=NOW).standing


def the_list(*revoked: Revoked) -> Behaviour:
    return answer(200, listed(*revoked).crls[0])


async def test_a_list_is_fetched_where_the_certificate_says(servers: AsyncExitStack):
    server = await listening(servers, the_list())
    aino = signer(lists=server.url("/ca.crl"))
    found = await asked(aino)
    assert (standing(aino, found), found.troubles) == (Standing.GOOD, ())
    assert [one.line for one in server.received] == ["GET /ca.crl HTTP/1.1"]


async def test_a_revocation_is_learnt(servers: AsyncExitStack):
    made: list[Behaviour] = []

    async def behave(writer: asyncio.StreamWriter, request: Received) -> None:
        await made[0](writer, request)

    server = await listening(servers, behave)
    aino = signer(lists=server.url())
    made.append(the_list(Revoked(certificate=aino.certificate, at=NOW - 2 * DAY)))
    assert standing(aino, await asked(aino)) is Standing.REVOKED


async def test_ocsp_is_asked_first_with_a_request_about_this_certificate(servers: AsyncExitStack):
    async def behave(writer: asyncio.StreamWriter, request: Received) -> None:
        said = ocsp.load_der_ocsp_request(request.body)
        assert request.headers["content-type"] == "application/ocsp-request"
        assert said.serial_number == aino.certificate.serial_number
        await answer(200, answered(aino.certificate).ocsp[0])(writer, request)

    responder, lists = await listening(servers, behave), await listening(servers, the_list())
    aino = signer(responders=responder.url("/ocsp"), lists=lists.url())
    found = await asked(aino)
    assert standing(aino, found) is Standing.GOOD
    assert (len(responder.received), len(lists.received)) == (1, 0)


@pytest.mark.parametrize(
    ("behave", "told"),
    [
        (answer(500), "It answered with the status 500."),
        (answer(200, b"junk"), "it is no OCSP answer in DER"),
        (answer(200, answered(authority().root, issuer=authority().root).ocsp[0]), "What came answers nothing."),
        (hang_up, "The connection ended before there was an answer."),
        (garbage, "What came back is no HTTP."),
        (endless_chunks, "Its answer is too large, or did not come whole."),
    ],
)
async def test_when_ocsp_tells_nothing_the_list_is_fetched_and_why_is_told(
    servers: AsyncExitStack, behave: Behaviour, told: str
):
    responder, lists = await listening(servers, behave), await listening(servers, the_list())
    aino = signer(responders=responder.url(), lists=lists.url())
    found = await asked(aino, by=gatherer(within_s=0.8))
    assert standing(aino, found) is Standing.GOOD
    assert found.troubles == (f"127.0.0.1: {told}",)


async def test_the_next_address_is_asked_when_one_gives_nothing(servers: AsyncExitStack):
    bad, good = await listening(servers, answer(404)), await listening(servers, the_list())
    aino = signer(lists=[bad.url(), "ldap://ldap.example/cn=ca", good.url()])
    found = await asked(aino)
    assert standing(aino, found) is Standing.GOOD
    assert found.troubles == ("127.0.0.1: It answered with the status 404.",)


async def test_a_list_that_is_too_large_is_not_read(servers: AsyncExitStack):
    server = await listening(servers, answer(200, b"\x30" * 2_000_000))
    found = await asked(signer(lists=server.url()))
    assert found.data == NOTHING
    assert found.troubles == ("127.0.0.1: Its answer is too large, or did not come whole.",)


async def test_nothing_is_sent_to_an_internal_address(servers: AsyncExitStack):
    server = await listening(servers, the_list())
    aino = signer(lists=server.url(), responders=f"http://localhost:{server.port}/", issuers="http://10.0.0.1/ca.cer")
    by = gatherer(allowed="192.0.2.0/24")
    found = await asked(aino, by=by)
    above = await by.issuers(aino.certificate)
    assert (found.data, above.certificates, server.connections) == (NOTHING, (), 0)
    assert len(found.troubles) == 2
    assert all("leads to" in each for each in (*found.troubles, *above.troubles))


async def test_a_redirection_is_not_followed(servers: AsyncExitStack):
    target = await listening(servers, the_list())
    server = await listening(servers, answer(302, b"", Location=target.url()))
    found = await asked(signer(lists=server.url()))
    assert (found.data, target.connections) == (NOTHING, 0)


async def test_a_certificate_that_names_no_address_is_told_of():
    found = await asked(signer())
    assert found.data == NOTHING
    assert found.troubles == ("The certificate of Aino does not say where to ask.",)


async def test_nothing_is_asked_about_what_is_known(servers: AsyncExitStack):
    server = await listening(servers, the_list())
    aino = signer(lists=server.url())
    assert await asked(aino, known=listed()) == Gathered()
    assert server.connections == 0


async def test_each_certificate_is_asked_about_once_however_many_ways_it_is_on(servers: AsyncExitStack):
    server = await listening(servers, the_list())
    aino = signer(lists=server.url())
    found = await gatherer().revocation([aino.chain, aino.chain])
    assert (len(found.data.crls), len(server.received)) == (1, 1)


async def test_only_so_many_requests_are_made(servers: AsyncExitStack):
    server = await listening(servers, answer(404))
    found = await asked(signer(lists=[server.url(f"/{number}") for number in range(6)]), by=gatherer(most_requests=3))
    assert len(server.received) == 3
    assert found.troubles[-1] == "127.0.0.1: Not asked: that would be too many requests."


ISSUING = authority().issuing.certificate


@pytest.mark.parametrize(
    "content",
    [
        ISSUING.public_bytes(Encoding.DER),
        ISSUING.public_bytes(Encoding.PEM),
        pkcs7.serialize_certificates([authority().root, ISSUING], Encoding.DER),
    ],
)
async def test_a_missing_issuer_is_fetched_in_each_form(servers: AsyncExitStack, content: bytes):
    server = await listening(servers, answer(200, content))
    found = await gatherer().issuers(signer(issuers=server.url("/ca.cer")).certificate)
    assert (found.certificates, found.troubles) == ((ISSUING,), ())


@pytest.mark.parametrize("content", [b"", b"junk", authority("Other").root.public_bytes(Encoding.DER), b"x" * 70_000])
async def test_what_is_no_issuer_is_not_taken(servers: AsyncExitStack, content: bytes):
    server = await listening(servers, answer(200, content))
    found = await gatherer().issuers(signer(issuers=server.url()).certificate)
    assert found.certificates == ()
    assert len(found.troubles) == 1
