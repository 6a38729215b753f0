"""The commands of the seal, with the one that needs no service: `seals verify`."""

from pathlib import Path
from typing import Final

import click
import msgspec

from kanta_tenancy.assembly.outcomes import Outcome
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.reading import certificates_from_pem
from kanta_tenancy.seals.cli import seals
from kanta_tenancy.seals.model import Kind

__all__ = ["seals"]

_ON: Final = {"receipt": Kind.RECEIPT, "checkpoint": Kind.CHECKPOINT, "succession": Kind.SUCCESSION}
_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_LARGEST: Final = 2 * jws.LONGEST  # octets; what is longer is no seal


class Verified(Record, frozen=True, kw_only=True):
    """What a seal says, and whose it is."""

    verdict: str
    sealed_at: str
    certificate: str  # SHA-256
    name: str
    said: msgspec.Raw


@seals.command("verify")
@click.argument("file", type=_FILE)
@click.option("--on", type=click.Choice(list(_ON)), default="receipt", show_default=True, help="What it is a seal on.")
@click.option(
    "--certificate",
    "files",
    type=_FILE,
    multiple=True,
    metavar="PEM",
    help="A certificate that you know to be the service's; may be given several times.",
)
@click.pass_context
def verify(context: click.Context, *, file: Path, on: str, files: tuple[Path, ...]) -> None:
    """Verify a seal that lies in FILE as text, and print what it says. No service, database or network is needed.

    Ends with 0 when it holds and one of the certificates made it; with 4 when it holds and its certificate is none of
    them; with 3 when it does not hold.
    """
    known = {jws.fingerprint(one) for pem in files for one in certificates_from_pem(pem.read_bytes())}
    try:
        opened = jws.unseal(_text(file), typ=_ON[on].value)
        said = msgspec.json.format(opened.payload, indent=0)
    except (SealInvalid, msgspec.DecodeError, RecursionError) as why:
        click.echo(f"invalid: {why.detail if isinstance(why, SealInvalid) else 'it is on no JSON text'}")
        context.exit(Outcome.INVALID)
    is_known = opened.certificate_sha256 in known
    shown = Verified(
        verdict="valid" if is_known else "indeterminate",
        sealed_at=opened.sealed_at.isoformat(),
        certificate=opened.certificate_sha256,
        name=describe(opened.chain[0]).name,
        said=msgspec.Raw(said),
    )
    click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2))
    context.exit(Outcome.DONE if is_known else Outcome.INDETERMINATE)


def _text(file: Path) -> str:
    octets = file.read_bytes()[:_LARGEST]
    return octets.decode("ascii", "replace").strip()
