"""Signing and verifying documents at the command line; no service and no database is needed."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Never

import click
from cryptography import x509

from kanta_tenancy.assembly.atomic_file import write_whole
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine, signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign as sign_document
from kanta_tenancy.machinery.ooxml.verification import verify as verify_document
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.opc.limits import LIMITS
from kanta_tenancy.machinery.x509.credentials import Credential, from_pem, from_pkcs12
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.errors import PasswordNeeded
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, certificates_from_pem

REFUSED: Final = 3
EXIT_CODES: Final[Mapping[Verdict, int]] = {Verdict.VALID: 0, Verdict.INVALID: 3, Verdict.INDETERMINATE: 4}
_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW: Final = click.Path(dir_okay=False, path_type=Path)
_LONGEST_PASSWORD: Final = 1024

_ABOUT_SIGNING: Final = """\b
Examples:
  kanta-tenancy documents sign agreement.docx --signature-line 1 \\
      --certificate aino-chain.pem --key aino-key.pem --out signed.docx
  kanta-tenancy documents sign signed.docx --signature-line 2 \\
      --pkcs12 eino.p12 --password-file eino.password --out both.docx

\b
Exit codes:
  0  signed
  2  wrong usage: a file is missing or is no key or certificate, the
     password is wrong, there is no such signature line, OUT exists
  3  refused: the document or the certificate breaks a rule;
     nothing is written
"""
_ABOUT_VERIFYING: Final = """\b
Examples:
  kanta-tenancy documents verify both.docx --trust ca.pem
  kanta-tenancy documents verify both.docx --trust ca.pem --json

\b
Exit codes:
  0  valid
  2  wrong usage: FILE is missing, or a file to trust is no certificate
  3  invalid
  4  indeterminate
"""


class Unusable(click.ClickException):
    """A file that was named on the command line cannot be used."""

    exit_code = 2


class KeyFiles(Record, frozen=True, kw_only=True):
    """Where the signer's key and certificates are: two PEM files or one PKCS#12 container."""

    certificate: Path | None
    key: Path | None
    pkcs12: Path | None
    password_file: Path | None


@click.group()
def documents() -> None:
    """Sign Word documents as Microsoft Office does, and verify signed ones.

    Works on the machine where the key is: nothing is sent anywhere.
    """


@documents.command(epilog=_ABOUT_SIGNING)
@click.argument("file", type=_EXISTING)
@click.option("--certificate", type=_EXISTING, metavar="CHAIN.pem", help="The signer's certificate and its issuers'.")
@click.option("--key", type=_EXISTING, metavar="KEY.pem", help="The private key that belongs to the certificate.")
@click.option("--pkcs12", type=_EXISTING, metavar="FILE", help="Key and certificates in one file (.p12, .pfx).")
@click.option("--password-file", type=_EXISTING, metavar="FILE", help="Its first line is the password of the key.")
@click.option("--out", type=_NEW, required=True, metavar="OUT.docx", help="The signed document.")
@click.option("--signature-line", type=click.IntRange(min=1), metavar="N", help="Sign on the Nth signature line.")
@click.option("--comments", default="", help="Why it is signed; at most 255 characters, and everybody can read them.")
@click.option("--force", is_flag=True, help="Overwrite OUT when it exists.")
@click.pass_context
def sign(
    context: click.Context,
    /,
    file: Path,
    out: Path,
    *,
    signature_line: int | None,
    comments: str,
    force: bool,
    **key_files: Path | None,
) -> None:
    """Sign the Word document FILE and write the signed document to OUT.

    Signatures that the document has stay valid. The result is verified before it is written; a document
    that would not become sound (macros, remote content, changed after an earlier signature ...) is refused
    with the rule and the part that is to blame, and so is a certificate that has expired or may not sign.
    RSA keys of 2048 to 4096 bits and the curves P-256 and P-384 can sign. A password that is needed is asked for.
    """
    if out.exists() and not force:
        raise Unusable(f"{out} exists; give another --out, or --force to overwrite it.")
    credential = _credential(KeyFiles(**key_files))
    content = _content(file)
    try:
        line = _line(content, signature_line)
        at = _clock(context).now()
        signed = sign_document(content, credential, at=at, line=line, comments=comments)
    except (CannotSign, BrokenPackage) as refusal:
        _refuse(context, file, refusal)
    _write(out, signed)
    about = describe(credential.certificate)
    click.echo(f"{out}: signed by {about.name} ({about.key}){_where(line)}.")


@documents.command(epilog=_ABOUT_VERIFYING)
@click.argument("file", type=_EXISTING)
@click.option("--trust", type=_EXISTING, multiple=True, metavar="CA.pem", help="Authorities to trust; may be repeated.")
@click.option("--json", "in_json", is_flag=True, help="Print the report as JSON.")
@click.pass_context
def verify(context: click.Context, /, file: Path, *, trust: tuple[Path, ...], in_json: bool) -> None:
    """Tell whether the signatures of FILE hold, cover all of it, and by whom they are.

    Integrity, coverage, certificate, trust and algorithms are answered apart for each signature. The verdict is
    *valid* when all are good; *invalid* when the file is unsigned, unreadable or breaks a rule; *indeterminate* when
    all is sound but an issuer is not among the trusted ones, as without --trust.
    """
    anchors = [certificate for path in trust for certificate in _trusted(path)]
    report = verify_document(_content(file), at=_clock(context).now(), anchors=anchors)
    # As bytes: a terminal that knows fewer characters must not decide whether there is an answer.
    click.echo(json.dumps(as_json(report), indent=2).encode() if in_json else as_text(report).encode(), nl=in_json)
    context.exit(EXIT_CODES[report.verdict])


def _clock(context: click.Context) -> Clock:
    clock: Clock = context.obj or SystemClock()
    return clock


def _credential(files: KeyFiles) -> Credential:
    try:
        return _loaded(files, _password(files))
    except PasswordNeeded as needed:
        if not sys.stdin.isatty():
            raise Unusable(f"{needed.detail}; give the password with --password-file.") from needed
    except DomainError as unusable:
        raise Unusable(f"{unusable.detail}.") from unusable
    asked = click.prompt("Password of the key", hide_input=True, err=True)
    try:
        return _loaded(files, asked.encode())
    except DomainError as unusable:
        raise Unusable(f"{unusable.detail}.") from unusable


def _loaded(files: KeyFiles, password: bytes | None) -> Credential:
    match files:
        case KeyFiles(certificate=None, key=None, pkcs12=Path() as container):
            return from_pkcs12(_content(container, MAX_BYTES), password)
        case KeyFiles(certificate=Path() as certificate, key=Path() as key, pkcs12=None):
            return from_pem(_content(certificate, MAX_BYTES), _content(key, MAX_BYTES), password)
        case _:
            raise click.UsageError("Give either --certificate and --key, or --pkcs12.")


def _password(files: KeyFiles) -> bytes | None:
    if files.password_file is None:
        return None
    return _content(files.password_file, _LONGEST_PASSWORD).partition(b"\n")[0].removesuffix(b"\r")


def _trusted(path: Path) -> tuple[x509.Certificate, ...]:
    try:
        return certificates_from_pem(_content(path, MAX_BYTES))
    except DomainError as unusable:
        raise Unusable(f"{path}: {unusable.detail}.") from unusable


def _content(path: Path, most: int = LIMITS.file_size) -> bytes:
    """Read a file, at most one byte more than is allowed, so that whoever judges it sees that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except OSError as trouble:
        raise Unusable(f"{path}: {trouble.strerror}.") from trouble


def _write(path: Path, content: bytes) -> None:
    try:
        write_whole(path, content)
    except OSError as trouble:
        raise Unusable(f"{path}: {trouble.strerror}.") from trouble


def _line(content: bytes, number: int | None) -> SignatureLine | None:
    if number is None:
        return None
    lines = signature_lines(content)
    if number > len(lines):
        told = "; ".join(f"{each}. {line.suggested_signer}" for each, line in enumerate(lines, start=1))
        raise click.BadParameter(
            f"the document has {len(lines)} signature lines{': ' * bool(lines)}{told}.", param_hint="--signature-line"
        )
    return lines[number - 1]


def _where(line: SignatureLine | None) -> str:
    return "" if line is None else f", on the signature line of {line.suggested_signer or 'nobody in particular'}"


def _refuse(context: click.Context, file: Path, refusal: DomainError) -> Never:
    where = ", ".join(
        filter(None, (f"rule {refusal.rule}" if refusal.rule else "", *(one.field for one in refusal.flaws)))
    )
    click.echo(f"{file}: {refusal.detail.removesuffix('.')}{f' ({where})' if where else ''}.", err=True)
    context.exit(REFUSED)
