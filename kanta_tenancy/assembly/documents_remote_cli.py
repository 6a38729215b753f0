"""Signing with a key that this program never meets: hand out what is to be signed, take the value back."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import click

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import EvidenceOptions, evidence, evidence_options, warn
from kanta_tenancy.assembly.document_files import EXISTING, NEW, Unusable
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.machinery.ooxml.errors import CannotComplete, CannotSign, ToSignUnreadable
from kanta_tenancy.machinery.ooxml.signing import remote
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.x509.credentials import leaf_first
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, certificates_from_pem

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}
_DURATION: Final = re.compile(r"([0-9]{1,5})([smh])")
_UNTIL: Final = "%Y-%m-%d %H:%M:%S UTC"

_ABOUT_PREPARING: Final = """\b
Example, with a key that openssl can use and this program cannot:
  kanta-tenancy documents prepare agreement.docx --signature-line 2 \\
      --certificate eino-chain.pem --out agreement.to-sign --octets octets
  openssl dgst -sha256 -sign eino-key.pem -out value octets
  kanta-tenancy documents complete agreement.docx agreement.to-sign \\
      value --out signed.docx

\b
Exit codes:
  0  prepared
  2  wrong usage: a file is missing or is no certificate, there is no
     such signature line, OUT exists
  3  refused: the document or the certificate breaks a rule;
     nothing is written
"""
_ABOUT_COMPLETING: Final = """\b
Example:
  kanta-tenancy documents complete agreement.docx agreement.to-sign \\
      value --out signed.docx

\b
Exit codes:
  0  signed
  2  wrong usage: a file is missing or is not what it should be, OUT exists
  3  refused: too late, another document, or a value that the certificate's
     key did not make; nothing is written
"""


def _lasts(_: click.Context, __: click.Parameter, value: str) -> timedelta:
    found = _DURATION.fullmatch(value)
    lasts = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < lasts <= remote.LONGEST:
        raise click.BadParameter("give a number with s, m or h, such as 30m; at most a day.")
    return lasts


@click.command(epilog=_ABOUT_PREPARING)
@click.argument("file", type=EXISTING)
@click.option("--certificate", type=EXISTING, required=True, metavar="CHAIN.pem", help="The signer's, and issuers.")
@click.option("--out", type=NEW, required=True, metavar="FILE.to-sign", help="What is handed out, as JSON.")
@click.option("--octets", type=NEW, metavar="FILE", help="Also write the bare octets that are to be signed.")
@click.option("--signature-line", type=click.IntRange(min=1), metavar="N", help="Sign on the Nth signature line.")
@click.option("--comments", default="", help="Why it is signed; at most 255 characters, and everybody can read them.")
@click.option("--expires", callback=_lasts, default="1h", metavar="TIME", help="By when to complete it: 30m, 1h, 24h.")
@evidence_options
@click.option("--force", is_flag=True, help="Overwrite what exists.")
@click.pass_context
def prepare(
    context: click.Context,
    /,
    file: Path,
    certificate: Path,
    out: Path,
    *,
    octets: Path | None,
    signature_line: int | None,
    comments: str,
    expires: timedelta,
    force: bool,
    **about: Any,
) -> None:
    """Hand out what is to be signed, for a key on another machine or in a device.

    The signature claims this instant. Whoever has the key signs the octets (or their digest) that are in FILE.to-sign,
    and `complete` puts the value into the document, as long as FILE is the very same and the time is not over.
    A certificate that --crl or --ocsp call revoked is refused; why others may show the signature as untrusted is told.
    """
    files.check_new(out, octets, force=force)
    known = evidence(EvidenceOptions(**about))
    document = files.content(file)
    try:
        chain = leaf_first(certificates_from_pem(files.content(certificate, MAX_BYTES)))
    except DomainError as unusable:
        raise Unusable(f"{certificate}: {unusable.detail}.") from unusable
    try:
        line = files.line(document, signature_line)
        at = files.clock(context).now()
        warn(chain, at, known)
        to_sign = remote.hand_out(document, chain, at=at, lasts=expires, line=line, comments=comments, known=known)
    except (CannotSign, BrokenPackage) as refusal:
        files.refuse(context, file, refusal)
    files.write(out, remote.to_bytes(to_sign))
    if octets is not None:
        files.write(octets, to_sign.octets)
    signer = describe(chain[0])
    until = to_sign.expires_at.strftime(_UNTIL)
    by = f"{signer.name} ({signer.key}, {to_sign.digest_algorithm})"
    click.echo(f"{out}: to be signed by {by} until {until}{files.where(line)}.")


@click.command(epilog=_ABOUT_COMPLETING)
@click.argument("file", type=EXISTING)
@click.argument("prepared", type=EXISTING)
@click.argument("signature_value", type=EXISTING)
@click.option("--out", type=NEW, required=True, metavar="OUT.docx", help="The signed document.")
@evidence_options
@click.option("--force", is_flag=True, help="Overwrite OUT when it exists.")
@click.pass_context
def complete(
    context: click.Context,
    /,
    file: Path,
    prepared: Path,
    signature_value: Path,
    out: Path,
    *,
    force: bool,
    **about: Any,
) -> None:
    """Put a signature value into the Word document FILE, and write the signed document to OUT.

    PREPARED is what `prepare` handed out. SIGNATURE_VALUE is a file with the bare value: for RSA that of PKCS #1 v1.5,
    for a curve r and s in a row or in DER. The value is checked, and the signed document verified, before anything is
    written.
    """
    files.check_new(out, force=force)
    known = evidence(EvidenceOptions(**about))
    document, value = files.content(file), files.content(signature_value, MAX_BYTES)
    try:
        to_sign = remote.from_bytes(files.content(prepared))
    except ToSignUnreadable as unusable:
        raise Unusable(f"{prepared}: {unusable.detail}.") from unusable
    try:
        signed = remote.take_back(document, to_sign, value, at=files.clock(context).now(), known=known)
    except (CannotComplete, CannotSign) as refusal:
        files.refuse(context, file, refusal)
    files.write(out, signed)
    signer = describe(remote.chain_of(to_sign)[0])
    click.echo(f"{out}: signed by {signer.name} ({signer.key}){files.where(to_sign.line)}.")
