"""What the commands that sign know of certificates besides the signer's own, and what they warn of before they sign."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from cryptography import x509

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_files import EXISTING
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.signing import Known, doubts
from kanta_tenancy.machinery.x509 import crls, ocsp_answers
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, certificates_from_pem
from kanta_tenancy.machinery.x509.revocation import RevocationData

_OPTIONS: Final = (
    click.option(
        "--issuer", type=EXISTING, multiple=True, metavar="CA.pem", help="Issuers up to the authorities' own."
    ),
    click.option("--crl", type=EXISTING, multiple=True, metavar="CA.crl", help="Revocation lists, DER or PEM."),
    click.option("--ocsp", type=EXISTING, multiple=True, metavar="FILE", help="OCSP answers, DER."),
)


class EvidenceOptions(Record, frozen=True, kw_only=True):
    """The options about other certificates and revocation, as they were given."""

    issuer: tuple[Path, ...]
    crl: tuple[Path, ...]
    ocsp: tuple[Path, ...]


def evidence_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what is known of certificates."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def evidence(given: EvidenceOptions) -> Known:
    """Read what is known.

    Raises:
        Unusable: a file is not what it should be.
    """
    return Known(revocation=revocation_data(given.crl, given.ocsp), issuers=certificates(given.issuer))


def revocation_data(lists: Sequence[Path], answers: Sequence[Path]) -> RevocationData:
    """Read revocation lists and OCSP answers.

    Raises:
        Unusable: a file is something else.
    """
    return RevocationData(
        crls=tuple(one for found in files.each(lists, crls.LARGEST, crls.lists_of) for one in found),
        ocsp=tuple(files.each(answers, ocsp_answers.LARGEST, ocsp_answers.checked)),
    )


def certificates(paths: Sequence[Path]) -> tuple[x509.Certificate, ...]:
    """Read certificates.

    Raises:
        Unusable: a file is something else.
    """
    return tuple(_certificates(paths))


def warn(chain: tuple[x509.Certificate, ...], at: datetime, known: Known) -> None:
    """Say on standard error why others may show the signature as untrusted or open; it is made all the same."""
    for doubt in doubts(chain, at, known):
        click.echo(f"warning: {doubt}.", err=True)


def _certificates(paths: Sequence[Path]) -> Iterator[x509.Certificate]:
    for found in files.each(paths, MAX_BYTES, certificates_from_pem):
        yield from found
