"""Bringing the signatures of a document to a higher level at the command line, without the signers' keys."""

from pathlib import Path
from typing import Any, Final

import click

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import EvidenceOptions, evidence, evidence_options
from kanta_tenancy.assembly.document_files import EXISTING, NEW
from kanta_tenancy.assembly.document_levels import (
    LevelOptions,
    brought_to_level,
    check_reached,
    level_asked,
    level_options,
    tell,
)
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.signing.levels import signature_parts

_ABOUT: Final = """\b
Examples:
  kanta-tenancy documents upgrade signed.docx --out stamped.docx \\
      --timestamp https://stamps.example.org/tsa \\
      --timestamp https://other.example.org/tsa
  kanta-tenancy documents upgrade stamped.docx --out lasting.docx --level LT \\
      --issuer ca.pem --issuer stamps-ca.pem --crl ca.crl --crl stamps.crl

\b
Exit codes:
  0  written: the level is reached, or as near as --best-effort came
  2  wrong usage: a file is missing, an address is none, OUT exists
  3  refused: a signature does not hold, or the level is not reached;
     nothing is written
"""


@click.command(epilog=_ABOUT)
@click.argument("file", type=EXISTING)
@click.option("--out", type=NEW, required=True, metavar="OUT.docx", help="The document with more in its signatures.")
@level_options
@evidence_options
@click.option("--force", is_flag=True, help="Overwrite OUT when it exists.")
@click.pass_context
def upgrade(
    context: click.Context,
    /,
    file: Path,
    out: Path,
    *,
    force: bool,
    issuer: tuple[Path, ...],
    crl: tuple[Path, ...],
    ocsp: tuple[Path, ...],
    **level: Any,
) -> None:
    """Bring every signature of the Word document FILE to a level, and write the document to OUT.

    Nothing that is signed changes, and no key is needed. Signatures that have the level already stay as they are; a
    signature that does not hold is refused, since a timestamp would only say since when.
    """
    files.check_new(out, force=force)
    known = evidence(EvidenceOptions(issuer=issuer, crl=crl, ocsp=ocsp))
    asked = level_asked(LevelOptions(**level), known, has_none=False)
    document, clock = files.content(file), files.clock(context)
    try:
        reached = brought_to_level(document, signature_parts(document), asked, clock)
    except CannotUpgrade as refusal:
        files.refuse(context, file, refusal)
    check_reached(context, file, asked, reached)
    files.write(out, reached.document)
    tell(out, asked, reached)
