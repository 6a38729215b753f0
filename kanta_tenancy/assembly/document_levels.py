"""Which level the commands about documents bring signatures to, and whose timestamps they ask for.

Timestamp authorities are asked at the addresses that whoever gives the command names, on a machine of their own: those
may be internal, and without TLS.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from cryptography import x509

from kanta_tenancy.assembly import document_files as files
from kanta_tenancy.assembly.document_evidence import certificates
from kanta_tenancy.assembly.document_files import EXISTING
from kanta_tenancy.assembly.lazily import load
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import NOTHING_KNOWN, Known
from kanta_tenancy.machinery.outgoing.targets import named_places

if TYPE_CHECKING:  # what asks is large, and imported when it is to ask
    from kanta_tenancy.authorities import Reached

_ASKING: Final = "kanta_tenancy.authorities.levels:brought_to_level"
_OPTIONS: Final = (
    click.option(
        "--timestamp",
        multiple=True,
        metavar="URL",
        help="A timestamp authority (RFC 3161); may be repeated, and the next is asked when one fails.",
    ),
    click.option(
        "--timestamp-trust",
        type=EXISTING,
        multiple=True,
        metavar="CA.pem",
        help="Take timestamps only of authorities that lead to one of these.",
    ),
    click.option(
        "--level",
        type=click.Choice([level.value for level in Level]),
        help="B: signed. T: with a timestamp; --timestamp alone means it. LT: with all that a verifier needs later.",
    ),
    click.option("--best-effort", is_flag=True, help="Write OUT even when the level is not reached, and say why."),
)


class LevelOptions(Record, frozen=True, kw_only=True):
    """The options about the level, as they were given."""

    timestamp: tuple[str, ...]
    timestamp_trust: tuple[Path, ...]
    level: str | None
    best_effort: bool


class LevelAsked(Record, frozen=True, kw_only=True):
    """What the command line says about the level."""

    wanted: Level
    authorities: tuple[str, ...]  # addresses
    trusted: tuple[x509.Certificate, ...]  # for timestamps; all, when there are none
    known: Known
    best_effort: bool


def level_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say to which level it brings signatures."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def level_asked(given: LevelOptions, known: Known, *, has_none: bool) -> LevelAsked:
    """Read the options about the level, before anything is done.

    Args:
        known: for level LT, and for a signature that is yet to be made.
        has_none: the signature is yet to be made, so that it has no timestamp.

    Raises:
        UsageError: they do not fit one another, or an address is none.
        Unusable: a file is not what it should be.
    """
    usual = Level.T if given.timestamp else Level.B
    wanted = usual if given.level is None else Level(given.level)
    if wanted is Level.B and (given.timestamp or not has_none):
        raise click.UsageError("Level B is what a signature has by itself: ask for T or LT.")
    if wanted is not Level.B and has_none and not given.timestamp:
        raise click.UsageError(f"Level {wanted} needs a timestamp: give --timestamp with the address of an authority.")
    if wanted is not Level.LT and known != NOTHING_KNOWN and not has_none:
        raise click.UsageError("Issuers, revocation lists and OCSP answers are for level LT: ask for it with --level.")
    return LevelAsked(
        wanted=wanted,
        authorities=_addresses(given.timestamp),
        trusted=certificates(given.timestamp_trust),
        known=known,
        best_effort=given.best_effort,
    )


def brought_to_level(document: bytes, parts: Sequence[str], asked: LevelAsked, clock: Clock) -> "Reached":
    """Bring signatures of a document to the level that is asked for, as far as the authorities answer.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold.
    """
    reached: Reached = load(_ASKING)(
        document,
        parts,
        level=asked.wanted,
        clock=clock,
        timestamps=asked.authorities,
        timestamp_trust=asked.trusted,
        issuers=asked.known.issuers,
        revocation=asked.known.revocation,
    )
    return reached


def check_reached(context: click.Context, file: Path, asked: LevelAsked, reached: "Reached") -> None:
    """End, with nothing written, when a level is not reached that has to be."""
    if asked.best_effort or all(level.reaches(asked.wanted) for level in reached.levels.values()):
        return
    for sentence in (*reached.told, *reached.lacking):
        click.echo(f"{file}: {sentence}", err=True)
    click.echo(f"{file}: level {asked.wanted} is not reached, and nothing is written.", err=True)
    context.exit(files.REFUSED)


def tell(out: Path, asked: LevelAsked, reached: "Reached") -> None:
    """Say which levels were reached, and why one was not."""
    for sentence in (*reached.told, *reached.lacking):
        click.echo(f"{out}: {sentence}")
    for part, level in reached.levels.items():
        short = "" if level.reaches(asked.wanted) else f", not {asked.wanted} as wanted"
        click.echo(f"{out}: {part} has level {level}{short}.")


def _addresses(urls: tuple[str, ...]) -> tuple[str, ...]:
    try:
        named_places(urls)
    except ValueError as unfit:
        raise click.BadParameter(f"{unfit}.", param_hint="--timestamp") from unfit
    return urls
