"""Probing a server at the command line: what it serves, and what is wrong with that."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click
import msgspec
from cryptography import x509

from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.outgoing.allowance import Allowed, read_allowed
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.probing.endpoint import (
    ClientCredential,
    Endpoint,
    Probed,
    StartTls,
    Trouble,
    read_endpoint,
)
from kanta_tenancy.machinery.probing.findings import Finding
from kanta_tenancy.machinery.probing.judging import judge
from kanta_tenancy.machinery.probing.probing import WITHIN_S
from kanta_tenancy.machinery.probing.probing import probe as probe_endpoint
from kanta_tenancy.machinery.probing.telling import lines, report
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import certificates_from_pem

WRONG_USAGE: Final = 2
FOUND_WRONG: Final = 3
NOT_SERVED: Final = 4
_FILE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_ABOUT: Final = """\b
Examples:
  kanta-tenancy certificates probe kanta.example.org:443
  kanta-tenancy certificates probe 10.20.0.5:636 --sni ldap.example.org \\
      --allow 10.20.0.0/16
  kanta-tenancy certificates probe mail.example.org:25 --starttls smtp

\b
Exit codes:
  0  nothing is wrong; warnings may be told
  2  wrong usage
  3  something is wrong with what the server serves
  4  no certificate was to be had
"""


@click.command(epilog=_ABOUT)
@click.argument("endpoint", metavar="HOST:PORT")
@click.option("--sni", metavar="NAME", help="The name to ask for and to compare with; else HOST.")
@click.option("--starttls", type=click.Choice([one.value for one in StartTls]), help="The protocol that TLS begins in.")
@click.option("--allow", multiple=True, metavar="CIDR", help="An internal network that may be reached; repeatable.")
@click.option("--expect", metavar="SHA256", help="The fingerprint of the certificate that should be served.")
@click.option("--replaced", multiple=True, metavar="SHA256", help="The fingerprint of one that was replaced.")
@click.option("--anchors", type=_FILE, metavar="FILE.pem", help="Roots that clients trust, at most ten.")
@click.option("--client-certificate", type=_FILE, metavar="FILE.pem", help="What to show when the server asks.")
@click.option("--client-key", type=_FILE, metavar="FILE.pem", help="Its key, not encrypted.")
@click.option("--within", type=click.FloatRange(min=0.1, max=300), default=WITHIN_S, help="Seconds for all of it.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.pass_context
def probe(context: click.Context, /, *, as_json: bool, within: float, **asked: Any) -> None:
    """Ask a server for its certificates, and tell what is wrong with them.

    Works on servers whose certificate has expired, is self-signed or for another name. Nothing is sent but what begins
    TLS. Addresses of internal networks are refused unless --allow names them.
    """
    desk: Desk = context.obj
    at = desk.clock.now()
    endpoint, allowed = _endpoint(asked), _allowed(asked["allow"])
    anchors = _anchors(asked["anchors"])
    probed = asyncio.run(probe_endpoint(endpoint, allowed, at=at, within_s=within))
    findings = judge(
        probed, at=at, name=asked["sni"], expected=asked["expect"], replaced=asked["replaced"], anchors=anchors
    )
    told = report(probed, findings)
    click.echo(msgspec.json.format(msgspec.json.encode(told)).decode() if as_json else "\n".join(lines(told)))
    context.exit(_exit_code(probed, findings))


def _endpoint(asked: dict[str, Any]) -> Endpoint:
    certificates, key = asked["client_certificate"], asked["client_key"]
    if (certificates is None) != (key is None):
        raise click.UsageError("--client-certificate and --client-key go together.")
    client = None if key is None else ClientCredential(certificates=certificates, key=key)
    start_tls = None if asked["starttls"] is None else StartTls(asked["starttls"])
    try:
        return read_endpoint(asked["endpoint"], server_name=asked["sni"], start_tls=start_tls, client=client)
    except ValueError as trouble:
        raise click.UsageError(f"{trouble}.") from trouble


def _allowed(networks: Sequence[str]) -> Allowed:
    try:
        return read_allowed(" ".join(networks))
    except ValueError as trouble:
        raise click.UsageError(f"--allow: {trouble}.") from trouble


def _anchors(file: Path | None) -> tuple[x509.Certificate, ...]:
    if file is None:
        return ()
    try:
        return certificates_from_pem(file.read_bytes())
    except CertificateUnreadable as trouble:
        raise click.UsageError(f"--anchors: {trouble.detail}.") from trouble


def _exit_code(probed: Probed, findings: Sequence[Finding]) -> int:
    if probed.trouble is Trouble.CLIENT_UNUSABLE:
        return WRONG_USAGE
    if not probed.chain:
        return NOT_SERVED
    return FOUND_WRONG if any(one.severity is Severity.ERROR for one in findings) else 0
