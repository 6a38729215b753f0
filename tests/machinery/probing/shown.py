"""Certificates for servers of tests, good and otherwise, each with the key that goes with it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.machinery.x509 import keys, sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority, Signer

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = "kanta.example.org"


def authority(*, at: datetime = NOW - 30 * DAY) -> SampleAuthority:
    return sample_authority.found("Authority of a test", at=at)


def names_of(*names: str) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_name(name) for name in names])


def issued(
    by: SampleAuthority, *names: str, at: datetime = NOW - 10 * DAY, lasts: timedelta = 100 * DAY,
    kind: KeyKind = KeyKind.EC_P256,
) -> Credential:  # fmt: skip
    """Return a certificate for a server with its issuer's, as it should be served."""
    return sample_authority.issue(
        by, Signer(name="A server", organisation="Test"), at=at, lasts=lasts, kind=kind, usage=("digital_signature",),
        extensions=[(names_of(*(names or (HOST,))), False)],
    )  # fmt: skip


def self_signed(*names: str) -> Credential:
    key = keys.make(KeyKind.EC_P256)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Itself")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(NOW - DAY).not_valid_after(NOW + 30 * DAY)
        .add_extension(names_of(*names), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    return Credential(key=key, chain=(made,))


def serving(one: Credential, *, chain: Sequence[x509.Certificate]) -> Credential:
    return Credential(key=one.key, chain=tuple(chain))


def der(*certificates: x509.Certificate) -> tuple[bytes, ...]:
    return tuple(each.public_bytes(Encoding.DER) for each in certificates)


def written(folder: Path, shown: Credential) -> tuple[Path, Path]:
    """Write a chain and its key, and return where."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(sample_authority.chain_pem(*shown.chain))
    key.write_bytes(sample_authority.key_pem(shown))
    return chain, key


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name.encode("idna").decode() if not name.startswith("*") else name)
