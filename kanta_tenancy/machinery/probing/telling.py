"""What was found, as a report for programs and as lines for people."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.probing.endpoint import Probed, Trouble
from kanta_tenancy.machinery.probing.findings import Finding
from kanta_tenancy.machinery.probing.judging import fingerprint
from kanta_tenancy.machinery.x509.reading import quietly


class ServedCertificate(Record, frozen=True, kw_only=True):
    sha256: str
    subject: str | None  # None: it cannot be read
    issuer: str | None
    not_before: datetime | None
    not_after: datetime | None


class Report(Record, frozen=True, kw_only=True):
    host: str
    port: int
    server_name: str | None
    address: str | None
    at: datetime
    protocol: str | None
    cipher: str | None
    client_certificate_asked: bool
    served: int
    certificates: tuple[ServedCertificate, ...]
    stage: str
    trouble: Trouble | None
    detail: str
    findings: tuple[Finding, ...]


def report(probed: Probed, findings: Sequence[Finding]) -> Report:
    with quietly():
        certificates = tuple(_certificate(der) for der in probed.chain)
    return Report(
        host=probed.endpoint.host,
        port=probed.endpoint.port,
        server_name=probed.endpoint.server_name,
        address=probed.address,
        at=probed.at,
        protocol=probed.protocol,
        cipher=probed.cipher,
        client_certificate_asked=probed.client_asked,
        served=probed.served,
        certificates=certificates,
        stage=probed.stage.value,
        trouble=probed.trouble,
        detail=probed.detail,
        findings=tuple(findings),
    )


def lines(told: Report) -> Iterator[str]:
    """Tell a report in lines; nothing that a stranger wrote reaches a terminal as anything but letters."""
    agreed = ", ".join(filter(None, (told.protocol, told.cipher))) or "no TLS agreed"
    yield f"{told.host}:{told.port} ({told.address or 'not connected'}): {agreed}"
    if told.client_certificate_asked:
        yield "  asks for a client certificate"
    for number, one in enumerate(told.certificates, start=1):
        until = f", until {one.not_after:%Y-%m-%dT%H:%M:%SZ}" if one.not_after is not None else ""
        yield f"  {number} {_printable(one.subject or 'unreadable')}{until}"
        yield f"    SHA-256 {one.sha256}"
    for found in told.findings:
        yield f"{found.severity}: {_printable(found.sentence)} [{found.rule}; {found.source}]"


def _certificate(der: bytes) -> ServedCertificate:
    try:
        one = x509.load_der_x509_certificate(der)
        return ServedCertificate(
            sha256=fingerprint(der),
            subject=one.subject.rfc4514_string(),
            issuer=one.issuer.rfc4514_string(),
            not_before=one.not_valid_before_utc,
            not_after=one.not_valid_after_utc,
        )
    except (ValueError, TypeError, x509.InvalidVersion):
        return ServedCertificate(sha256=fingerprint(der), subject=None, issuer=None, not_before=None, not_after=None)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
