"""Verifying documents at the command line: what is trusted and what is known of revocation comes in files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from cryptography import x509

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import certificates, revocation_data
from kanta_tenancy.assembly.document_files import EXISTING, NEW
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.page import as_page, circumstances
from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify as verify_document
from kanta_tenancy.machinery.outgoing.allowance import Allowed, read_allowed
from kanta_tenancy.machinery.x509.revocation import RevocationData

EXIT_CODES: Final[Mapping[Verdict, int]] = {Verdict.VALID: 0, Verdict.INVALID: 3, Verdict.INDETERMINATE: 4}
_ONLINE: Final = "kanta_tenancy.authorities.learning:verify_online"
_ABOUT: Final = """\b
Examples:
  kanta-tenancy documents verify both.docx --trust ca.pem --crl ca.crl
  kanta-tenancy documents verify both.docx --trust ca.pem --online
  kanta-tenancy documents verify both.docx --trust ca.pem --crl ca.crl \\
      --timestamp-trust stamps.pem --crl stamps.crl --json
  kanta-tenancy documents verify both.docx --trust ca.pem --online \\
      --html report.html --language fi

\b
Exit codes:
  0  valid
  2  wrong usage: FILE is missing, another file is not what it should be,
     OUT.html exists
  3  invalid
  4  indeterminate
"""


@click.command(epilog=_ABOUT)
@click.argument("file", type=EXISTING)
@click.option("--trust", type=EXISTING, multiple=True, metavar="CA.pem", help="Authorities to trust; may be repeated.")
@click.option(
    "--crl", type=EXISTING, multiple=True, metavar="CA.crl", help="Revocation lists, DER or PEM; may be repeated."
)
@click.option("--ocsp", type=EXISTING, multiple=True, metavar="FILE", help="OCSP answers, DER; may be repeated.")
@click.option(
    "--timestamp-trust",
    type=EXISTING,
    multiple=True,
    metavar="CA.pem",
    help="Authorities whose timestamps are believed; without it, those of --trust.",
)
@click.option(
    "--online",
    is_flag=True,
    help="Ask authorities for what is missing, at the addresses that certificates name; nothing internal is asked.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="PLACE",
    help="With --online: an internal place that may be asked all the same, such as 10.20.0.0/16 or host:port.",
)
@click.option("--json", "in_json", is_flag=True, help="Print the report as JSON.")
@click.option("--html", type=NEW, metavar="OUT.html", help="Also write it as a page for people, without scripts.")
@click.option(
    "--language",
    type=click.Choice([language.value for language in Language]),
    default=Language.ENGLISH.value,
    show_default=True,
    help="With --html: the language of the page.",
)
@click.option("--force", is_flag=True, help="Overwrite OUT.html when it exists.")
@click.pass_context
def verify(
    context: click.Context,
    /,
    file: Path,
    *,
    trust: tuple[Path, ...],
    crl: tuple[Path, ...],
    ocsp: tuple[Path, ...],
    timestamp_trust: tuple[Path, ...],
    online: bool,
    allow: tuple[str, ...],
    in_json: bool,
    html: Path | None,
    language: str,
    force: bool,
) -> None:
    """Tell whether the signatures of FILE hold, cover all of it, by whom they are, and since when they are there.

    Integrity, coverage, certificate, trust, revocation, algorithms and time are answered apart for each signature. The
    verdict is *valid* when all are good; *invalid* when the file is unsigned, unreadable or breaks a rule;
    *indeterminate* when all is sound but an issuer is not among the trusted ones, as without --trust, or nobody says
    whether a certificate is revoked, as without --crl, --ocsp, --online or lists in the file. That only the signer
    says when it signed leaves the verdict as it is, while its certificate is valid.
    """
    if allow and not online:
        raise click.UsageError("--allow says what --online may ask: give both.")
    files.check_new(html, force=force)
    known = revocation_data(crl, ocsp)
    content, clock = files.content(file), files.clock(context)
    at = clock.now()
    anchors, stamps = certificates(trust), certificates(timestamp_trust)

    def answer(others: tuple[x509.Certificate, ...], data: RevocationData) -> Report:
        return verify_document(
            content,
            at=at,
            anchors=anchors,
            intermediates=others,
            revocation=data,
            timestamp_anchors=stamps or None,
        )

    report = _online(answer, known, clock, _allowed(allow)) if online else answer((), known)
    if html is not None:
        about = circumstances(content, at, anchors, stamps or anchors, name=file.name)
        files.write(html, as_page(report, about, Language(language)).encode())
    # As bytes: a terminal that knows fewer characters must not decide whether there is an answer.
    click.echo(json.dumps(as_json(report), indent=2).encode() if in_json else as_text(report).encode(), nl=in_json)
    context.exit(EXIT_CODES[report.verdict])


def _online(answer: Any, known: RevocationData, clock: Clock, allowed: Allowed) -> Report:
    learnt = load(_ONLINE)(answer, known, clock, allowed)
    for trouble in learnt.troubles:
        click.echo(f"not learnt: {trouble}", err=True)
    report: Report = learnt.report
    return report


def _allowed(places: tuple[str, ...]) -> Allowed:
    try:
        return read_allowed(" ".join(places))
    except ValueError as unfit:
        raise click.BadParameter(f"{unfit}.", param_hint="--allow") from unfit
