"""Signing and verifying documents at the command line; no service and no database is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import EvidenceOptions, evidence, evidence_options, warn
from kanta_tenancy.assembly.document_files import EXISTING, NEW
from kanta_tenancy.assembly.document_keys import KeyAsked, key_options, signing_key
from kanta_tenancy.assembly.document_levels import (
    LevelAsked,
    LevelOptions,
    brought_to_level,
    check_reached,
    level_asked,
    level_options,
    tell,
)
from kanta_tenancy.assembly.documents_remote_cli import complete, prepare
from kanta_tenancy.assembly.documents_upgrade_cli import upgrade
from kanta_tenancy.assembly.documents_verify_cli import verify
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign, CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import sign as sign_document
from kanta_tenancy.machinery.ooxml.signing.levels import signature_parts
from kanta_tenancy.machinery.ooxml.signing.signer import check_signed
from kanta_tenancy.machinery.opc import BrokenPackage
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.errors import CredentialUnusable

if TYPE_CHECKING:
    from kanta_tenancy.authorities import Reached

_ABOUT_SIGNING: Final = """\b
Examples:
  kanta-tenancy documents sign agreement.docx --signature-line 1 \\
      --certificate aino-chain.pem --key aino-key.pem --out signed.docx
  kanta-tenancy documents sign signed.docx --signature-line 2 \\
      --pkcs12 eino.p12 --password-file eino.password --out both.docx
  kanta-tenancy documents sign agreement.docx --signature-line 1 \\
      --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --token aino \\
      --out signed.docx
  kanta-tenancy documents sign agreement.docx --signature-line 1 \\
      --pkcs12 aino.p12 --out signed.docx --level T \\
      --timestamp https://stamps.example.org/tsa
  kanta-tenancy documents sign agreement.docx --signature-line 1 \\
      --pkcs12 aino.p12 --out signed.docx --crl ca.crl

\b
Exit codes:
  0  signed
  2  wrong usage: a file is missing or is no key or certificate, the
     password or PIN is wrong, the token is not there or does not sign,
     there is no such signature line, OUT exists
  3  refused: the document or the certificate breaks a rule, or the level
     is not reached; nothing is written
"""


@click.group()
def documents() -> None:
    """Sign Word documents as Microsoft Office does, and verify signed ones.

    Works on the machine where the key is, and sends nothing anywhere, unless you ask for a level above B: then a digest
    goes to the timestamp authorities that you name, and for level LT the authorities that certificates name are asked.
    """


@documents.command(epilog=_ABOUT_SIGNING)
@click.argument("file", type=EXISTING)
@key_options
@click.option("--out", type=NEW, required=True, metavar="OUT.docx", help="The signed document.")
@click.option("--signature-line", type=click.IntRange(min=1), metavar="N", help="Sign on the Nth signature line.")
@click.option("--comments", default="", help="Why it is signed; at most 255 characters, and everybody can read them.")
@level_options
@evidence_options
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
    **asked: Any,
) -> None:
    """Sign the Word document FILE and write the signed document to OUT.

    Signatures that the document has stay valid. The result is verified before it is written; a document
    that would not become sound (macros, remote content, changed after an earlier signature ...) is refused
    with the rule and the part that is to blame, and so is a certificate that has expired or may not sign.
    One that --crl or --ocsp call revoked is refused too, and why others may show the signature as untrusted is told.
    RSA keys of 2048 to 4096 bits and the curves P-256 and P-384 can sign. A password or PIN that is needed is asked
    for. A key in a token or a hardware security module (PKCS#11) stays there; its certificates are read from the token,
    or from --certificate.

    With --timestamp the signature is brought to level T; nothing but a digest is sent. For level LT, issuers and
    revocation that are in no file are asked for where the certificates say. When a level that is asked for
    is not reached, nothing is written, unless with --best-effort: then what was reached is written and told.
    """
    files.check_new(out, force=force)
    known = evidence(EvidenceOptions(**_taken(asked, EvidenceOptions)))
    level = level_asked(LevelOptions(**_taken(asked, LevelOptions)), known, has_none=True)
    credential = signing_key(KeyAsked(**asked))
    content = files.content(file)
    try:
        line = files.line(content, signature_line)
        at = files.clock(context).now()
        warn(credential.chain, at, known)
        signed = sign_document(content, credential, at=at, line=line, comments=comments, known=known)
        reached = None if level.wanted is Level.B else _raised(content, signed, level, files.clock(context))
    except (CannotSign, CannotUpgrade, BrokenPackage) as refusal:
        files.refuse(context, file, refusal)
    except CredentialUnusable as unusable:  # a token may also fail when it is to sign
        raise files.Unusable(f"{unusable.detail}.") from unusable
    if reached is not None:
        check_reached(context, file, level, reached)
    files.write(out, signed if reached is None else reached.document)
    about = describe(credential.certificate)
    click.echo(f"{out}: signed by {about.name} ({about.key}){files.where(line)}.")
    if reached is not None:
        tell(out, level, reached)


def _taken(asked: dict[str, Any], options: type[Record]) -> dict[str, Any]:
    return {name: asked.pop(name) for name in options.__struct_fields__}


def _raised(unsigned: bytes, signed: bytes, asked: LevelAsked, clock: Clock) -> "Reached":
    """Bring the signature that was just made to the level that is wanted, and verify the document as it is written."""
    new = tuple(part for part in signature_parts(signed) if part not in signature_parts(unsigned))
    reached = brought_to_level(signed, new, asked, clock)
    check_signed(reached.document, clock.now())
    return reached


documents.add_command(verify)
documents.add_command(prepare)
documents.add_command(complete)
documents.add_command(upgrade)
