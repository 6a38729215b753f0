"""100,000 certificates into the inventory, read in two processes, against reading every field of them on one core."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import asyncpg
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from kanta_tenancy.certificates.inventory import apart, intake
from kanta_tenancy.certificates.inventory.model import Arrival, SourceKind, SourceNamed
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.postgres.database import connect
from tests.bench.alternating import alternate, middle_half
from tests.bench.realm import make_realm
from tests.bench.results import Row, at_least

CERTIFICATES: Final = 100_000
_ISSUERS: Final = 20
_PROCESSES: Final = 2
_ROUNDS: Final = 3  # each is 100,000 certificates
_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NUMBER: Final = "0000000"
_SERIAL: Final = int.from_bytes(b"\x11number\0\0\0\0\0\0\0\x11", "big")


def measure(server: str) -> list[Row]:
    ders = list(many(CERTIFICATES))
    rounds = itertools.count()
    measured = alternate(
        lambda: asyncio.run(_taken_in(server, f"bench_certificates_{next(rounds)}", ders)),
        lambda: _read(ders),
        rounds=_ROUNDS,
    ).inverted()
    ratios = sorted(measured.ratios)
    middle = ratios[len(ratios) // 2]
    return [
        Row(
            name="100,000 certificates taken into the inventory against reading every field on one core",
            ratio=middle,
            spread=middle_half(measured.ratios),
            goal=at_least(0.5),
            ours=f"{CERTIFICATES * sorted(measured.ours)[len(ratios) // 2]:,.0f}/s",
            theirs=f"{CERTIFICATES * sorted(measured.theirs)[len(ratios) // 2]:,.0f}/s",
        )
    ]


def many(count: int) -> Iterator[bytes]:
    """Make certificates of servers: each with a serial number and names of its own, by some issuers.

    They are written over one another's bytes. So their signatures do not fit, which nobody asks for here.
    """
    made = [_server(f"Bench Service CA {number}") for number in range(_ISSUERS)]
    serial = _SERIAL.to_bytes(16, "big")
    for number in range(count):
        whole = made[number % _ISSUERS].replace(_NUMBER.encode(), f"{number:07}".encode())
        yield whole.replace(serial, serial[:7] + f"{number:07}".encode() + serial[14:])


def _server(issuer: str) -> bytes:
    key = rsa.generate_private_key(65537, 2048).public_key()
    authority = ec.generate_private_key(ec.SECP256R1())
    usages = dict.fromkeys(
        ("content_commitment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    access = [
        (AuthorityInformationAccessOID.OCSP, "http://ocsp.example.org"),
        (AuthorityInformationAccessOID.CA_ISSUERS, "http://ca.example.org/ca.crt"),
    ]
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.KeyUsage(digital_signature=True, key_encipherment=True, **usages), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.SubjectAlternativeName([x509.DNSName(f"{name}{_NUMBER}.example.org") for name in ("h", "www.h")]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False),
        (x509.CRLDistributionPoints([_point("http://crl.example.org/a.crl")]), False),
        (
            x509.AuthorityInformationAccess(
                [x509.AccessDescription(how, x509.UniformResourceIdentifier(where)) for how, where in access]
            ),
            False,
        ),
        (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.246.517.1.10"), None)]), False),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(f"h{_NUMBER}.example.org", "Bench Oy"))
        .issuer_name(_name(issuer, "Bench CA Oy"))
        .public_key(key)
        .serial_number(_SERIAL)
        .not_valid_before(_SINCE)
        .not_valid_after(_SINCE + timedelta(days=365))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(authority, hashes.SHA256()).public_bytes(Encoding.DER)


def _name(common_name: str, organisation: str) -> x509.Name:
    named = (
        (NameOID.COUNTRY_NAME, "FI"),
        (NameOID.ORGANIZATION_NAME, organisation),
        (NameOID.COMMON_NAME, common_name),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in named])


def _point(address: str) -> x509.DistributionPoint:
    return x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)


def _read(ders: list[bytes]) -> float:
    """Read every field with `cryptography`; return the seconds."""
    begun = time.perf_counter()
    for der in ders:
        certificate = x509.load_der_x509_certificate(der)
        _ = (
            certificate.version,
            certificate.serial_number,
            certificate.subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            certificate.signature_algorithm_oid,
            certificate.public_key(),
            list(certificate.extensions),
            certificate.fingerprint(hashes.SHA256()),
        )
    return time.perf_counter() - begun


async def _taken_in(server: str, name: str, ders: list[bytes]) -> float:
    """Take all of them into an empty inventory, in one transaction; return the seconds."""
    realm = await make_realm(server, name, tenants=0)
    source = SourceNamed(kind=SourceKind.IMPORT, name="bench")
    async with connect(realm.service_url, size=1) as database:
        begun = time.perf_counter()
        with apart.in_processes(_PROCESSES) as examine:
            arrivals = [Arrival(der=der, place=f"/ssl/{number}.pem") for number, der in enumerate(ders)]
            async with database.transaction(realm.caller) as tx:
                taken = await intake.take_in(tx, SystemClock(), source, arrivals, examine=examine)
        seconds = time.perf_counter() - begun
    if len(taken.new) != len(ders):
        raise LookupError(f"{len(taken.new)} of {len(ders)} certificates were taken in")
    await _dropped(server, name)
    return seconds


async def _dropped(server: str, name: str) -> None:
    administrator = await asyncpg.connect(server)
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()
