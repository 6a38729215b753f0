"""A timestamp authority of these tests: `openssl ts` with a certificate of its own, at the real time of day."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.sample_authority import SampleAuthority, found

POLICY: Final = "1.3.6.1.4.1.99999.1"
OTHER_POLICY: Final = "1.3.6.1.4.1.99999.2"
_SETTINGS: Final = """
[tsa]
default_tsa = usual
[usual]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
{certs}
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = {policy}
other_policies = {policy}
digests = sha256, sha384, sha512
ordering = no
ess_cert_id_alg = sha256
ess_cert_id_chain = no
"""


class TimestampAuthority:
    """Stamps what it is sent; its certificate was issued by an authority below a root, which is to be trusted."""

    def __init__(
        self, folder: Path, name: str = "Stamps", *, policy: str = POLICY, brings_issuer: bool = False
    ) -> None:
        self.since: Final[datetime] = SystemClock().now().replace(microsecond=0) - timedelta(days=1)
        self.authority: Final[SampleAuthority] = found(name, at=self.since)
        self.policy: Final = policy
        key = rsa.generate_private_key(65537, 2048)
        self.certificate: Final = self._certificate(name, key)
        self._folder = folder
        (folder / "serial").write_text("01")
        (folder / "signer.pem").write_bytes(self.certificate.public_bytes(Encoding.PEM))
        (folder / "signer.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        (folder / "issuer.pem").write_bytes(self.issuer.public_bytes(Encoding.PEM))
        certs = f"certs = {folder}/issuer.pem" if brings_issuer else ""
        (folder / "tsa.cnf").write_text(_SETTINGS.format(folder=folder, policy=policy, certs=certs))

    @property
    def root(self) -> x509.Certificate:
        return self.authority.root

    @property
    def issuer(self) -> x509.Certificate:
        return self.authority.issuing.certificate

    def answer(self, query: bytes) -> bytes:
        """Answer a request as RFC 3161 says, also one that is none."""
        asked, answered = self._folder / "query.tsq", self._folder / "answer.tsr"
        asked.write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", self._folder / "tsa.cnf", "-section", "usual"]
        subprocess.run([*command, "-queryfile", asked, "-out", answered], check=True, capture_output=True)
        return answered.read_bytes()

    def token(self, octets: bytes) -> bytes:
        """Stamp some octets."""
        builder = TimestampRequestBuilder().data(octets).hash_algorithm(HashAlgorithm.SHA256)
        request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
        return decode_timestamp_response(self.answer(request.as_bytes())).time_stamp_token()

    def revocation_list(self) -> bytes:
        """Return the list of the authority that issued the certificate: nothing is revoked."""
        return empty_list(self.authority, at=self.since)

    def _certificate(self, name: str, key: rsa.RSAPrivateKey) -> x509.Certificate:
        issuing = self.authority.issuing
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} Timestamps")]))
            .issuer_name(issuing.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.since)
            .not_valid_after(self.since + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.key.public_key()), critical=False)
            .sign(issuing.key, hashes.SHA256())
        )


def empty_list(authority: SampleAuthority, *, at: datetime) -> bytes:
    """Return a revocation list of the authority that issues to signers, in DER, with nothing on it."""
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.issuing.certificate.subject)
        .last_update(at)
        .next_update(at + timedelta(days=7))
        .sign(authority.issuing.key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
