"""The commands of proof bundles, with the one that needs no service: `proof verify`."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import click
import msgspec

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import certificates, revocation_data
from kanta_tenancy.assembly.document_files import EXISTING
from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.sealing.jws import fingerprint
from kanta_tenancy.proofs.bundle import LARGEST
from kanta_tenancy.proofs.cli import proof
from kanta_tenancy.proofs.verifying.findings import Finding, Trusted, Verification
from kanta_tenancy.proofs.verifying.verifier import verify as verify_bundle

__all__ = ["proof"]

_CODES: Final[Mapping[Verdict, Outcome]] = {
    Verdict.VALID: Outcome.DONE,
    Verdict.INVALID: Outcome.INVALID,
    Verdict.INDETERMINATE: Outcome.INDETERMINATE,
}


class ShownFinding(Record, frozen=True, kw_only=True):
    statement: str
    outcome: str
    file: str
    detail: str


class ShownVerification(Record, frozen=True, kw_only=True):
    """What `proof verify --json` prints."""

    verdict: str
    agreement: str | None
    case: str | None
    reference: str
    proved_at: datetime | None
    findings: tuple[ShownFinding, ...]


@proof.command()
@click.argument("bundle", type=EXISTING)
@click.option("--trust", type=EXISTING, multiple=True, metavar="CA.pem", help="Authorities to trust; may be repeated.")
@click.option(
    "--timestamp-trust",
    type=EXISTING,
    multiple=True,
    metavar="CA.pem",
    help="Authorities whose timestamps are believed; without it, those of --trust.",
)
@click.option(
    "--seal-trust",
    type=EXISTING,
    multiple=True,
    metavar="PEM",
    help="Certificates that you know to be of the service's seal; may be repeated.",
)
@click.option(
    "--crl", type=EXISTING, multiple=True, metavar="CA.crl", help="Revocation lists, DER or PEM; may be repeated."
)
@click.option("--ocsp", type=EXISTING, multiple=True, metavar="FILE", help="OCSP answers, DER; may be repeated.")
@click.option("--json", "in_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def verify(
    context: click.Context,
    /,
    bundle: Path,
    *,
    trust: tuple[Path, ...],
    timestamp_trust: tuple[Path, ...],
    seal_trust: tuple[Path, ...],
    crl: tuple[Path, ...],
    ocsp: tuple[Path, ...],
    in_json: bool,
) -> None:
    """Verify a proof bundle that anybody may have made. No service, database or network is needed.

    Every statement of BUNDLE is checked anew, and each finding is named: passed, failed or unknown. Ends with 0 when
    all passed; with 3 when one failed; with 4 when one is open, as without --trust and --seal-trust, or where no
    timestamp of an authority of --timestamp-trust says when the bundle's journal was there. What is in the bundle is
    never trusted for that.
    """
    desk: Desk = context.obj
    trusted = Trusted(
        anchors=certificates(trust),
        timestamp_anchors=certificates(timestamp_trust),
        seals=frozenset(map(fingerprint, certificates(seal_trust))),
        revocation=revocation_data(crl, ocsp),
    )
    found = verify_bundle(files.content(bundle, LARGEST), trusted, now=desk.clock.now())
    shown = msgspec.json.format(msgspec.json.encode(_shown(found)), indent=2) if in_json else _text(found).encode()
    click.echo(shown)  # as bytes: a terminal that knows fewer characters must not decide whether there is an answer
    context.exit(_CODES[found.verdict])


def _shown(found: Verification) -> ShownVerification:
    return ShownVerification(
        verdict=found.verdict.value,
        agreement=None if found.agreement_id is None else str(found.agreement_id),
        case=found.case or None,
        reference=found.reference,
        proved_at=found.proved_at,
        findings=tuple(
            ShownFinding(statement=one.statement, outcome=one.outcome, file=one.file, detail=one.detail)
            for one in found.findings
        ),
    )


def _text(found: Verification) -> str:
    proved = (
        "" if found.proved_at is None else f", proved to have been there at {found.proved_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    what = found.case.partition("/")[0] or "agreement"
    head = f"{found.verdict.value}: {what} {found.reference or 'unknown'}{proved}"
    return "\n".join((_printable(head), *map(_line, found.findings)))


def _line(one: Finding) -> str:
    where = f" ({one.file})" if one.file else ""
    return _printable(f"  {one.outcome.value:<8} {one.statement.value}{where}: {one.detail}")


def _printable(text: str) -> str:
    """Keep a stranger's text from steering a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)
