"""A certificate authority with intermediates, which answers by OCSP and publishes lists, by a clock that moves."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import PrivateKey
from kanta_tenancy.machinery.x509.sample_authority import Revoked, revocation_list
from tests.certificates.inventory.examples import NOON
from tests.machinery.outgoing.receivers import Received, Receiver, answer

DAY = timedelta(days=1)
YEAR = timedelta(days=365)
LASTS = timedelta(days=3650)
BEGAN = NOON - 30 * DAY
HOST = "palvelin.example.org"


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def an_authority(
    name: str,
    *,
    by: Credential | None = None,
    starts: datetime = BEGAN,
    lasts: timedelta = LASTS,
    key_of: str | None = None,
    extensions: Iterable[x509.ExtensionType] = (),
) -> Credential:
    """Found an authority: a root, or one below another."""
    own = key(key_of or name)
    made = _signed(name, own, by, (starts, lasts), (x509.BasicConstraints(ca=True, path_length=None), *extensions))
    return Credential(key=own, chain=(made, *(by.chain if by is not None else ())))


def a_server(
    by: Credential | None,
    *,
    name: str = HOST,
    names: Iterable[str] | None = None,
    starts: datetime = BEGAN,
    lasts: timedelta = YEAR,
    own_key: PrivateKey | None = None,
    extensions: Iterable[x509.ExtensionType] = (),
) -> x509.Certificate:
    """Issue a server's certificate; it signs itself when nobody issues it."""
    alternative = x509.SubjectAlternativeName([x509.DNSName(one) for one in (names or (name,))])
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return _signed(name, own_key or key("server"), by, (starts, lasts), (alternative, server, *extensions))


def _signed(
    name: str,
    own: PrivateKey,
    by: Credential | None,
    valid: tuple[datetime, timedelta],
    extensions: Iterable[x509.ExtensionType],
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer = own if by is None else by.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is None else by.certificate.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid[0])
        .not_valid_after(sum(valid[1:], valid[0]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    return builder.sign(signer, hashes.SHA256())


class Publisher:
    """Answers for one authority at one address: OCSP under /ocsp, its list under /crl."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._receiver = Receiver(self._behave)
        self.of: Credential | None = None
        self.revoked: list[Revoked] = []
        self.known: dict[int, x509.Certificate] = {}
        self.lasts = 7 * DAY
        self.silent = False
        self.asked: list[str] = []  # paths

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Publisher"]:
        async with self._receiver.listening():
            yield self

    def answers(self) -> x509.AuthorityInformationAccess:
        where = x509.UniformResourceIdentifier(self._receiver.url("/ocsp"))
        return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, where)])

    def lists(self) -> x509.CRLDistributionPoints:
        where = x509.UniformResourceIdentifier(self._receiver.url("/crl"))
        return x509.CRLDistributionPoints([x509.DistributionPoint([where], None, None, None)])

    def revoke(self, certificate: x509.Certificate, cause: x509.ReasonFlags | None = None) -> None:
        self.revoked.append(Revoked(certificate=certificate, at=self._clock.now(), cause=cause))

    async def _behave(self, writer: asyncio.StreamWriter, request: Received) -> None:
        path = request.line.split(" ")[1]
        self.asked.append(path)
        if self.silent or self.of is None:
            await answer(503)(writer, request)
        elif path == "/ocsp":
            await answer(200, self._answer(ocsp.load_der_ocsp_request(request.body)))(writer, request)
        else:
            made = revocation_list(self.of, at=self._clock.now(), lasts=self.lasts, revoked=self.revoked)
            await answer(200, made.public_bytes(Encoding.DER))(writer, request)

    def _answer(self, asked: ocsp.OCSPRequest) -> bytes:
        assert self.of is not None
        now = self._clock.now()
        ended = next((one for one in self.revoked if one.certificate.serial_number == asked.serial_number), None)
        made = (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.known[asked.serial_number],
                issuer=self.of.certificate,
                algorithm=asked.hash_algorithm,
                cert_status=ocsp.OCSPCertStatus.GOOD if ended is None else ocsp.OCSPCertStatus.REVOKED,
                this_update=now,
                next_update=now + self.lasts,
                revocation_time=None if ended is None else ended.at,
                revocation_reason=None if ended is None else ended.cause,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.of.certificate)
        )
        return made.sign(self.of.key, hashes.SHA256()).public_bytes(Encoding.DER)
