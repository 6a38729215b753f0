"""The seal at the command line: `seals make-key|take-over|list`."""

import asyncio
from datetime import UTC, datetime
from typing import Final

import click
import msgspec

from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.reading import certificate_from_der
from kanta_tenancy.seals import desk_work, succession
from kanta_tenancy.seals.bodies import shown_certificate
from kanta_tenancy.seals.desk_work import SealersDesk
from kanta_tenancy.seals.keys import KINDS, KeyAsked
from kanta_tenancy.seals.model import Fate, SealCertificate
from kanta_tenancy.seals.rotating import HandOver

_DAYS: Final = 1825
_INSTANT: Final = click.DateTime(["%Y-%m-%dT%H:%M:%S"])


@click.group()
def seals() -> None:
    """Look after the service's own seal, for receipts and checkpoints of the journal."""


@seals.command("make-key")
@click.option("--organisation", required=True, metavar="NAME", help="Whose service it is; stands in the certificate.")
@click.option("--name", metavar="NAME", help="Of the files; the next free of seal-1, seal-2 … when left out.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in KINDS]),
    default=KINDS[0].value,
    show_default=True,
    help="Of the key.",
)
@click.option(
    "--days", type=click.IntRange(1, 7300), default=_DAYS, show_default=True, help="How long the certificate is valid."
)
@click.option("--request", is_flag=True, help="Write a request (CSR) for an authority instead of a certificate.")
@click.pass_obj
def make_key(desk: SealersDesk, *, organisation: str, name: str | None, kind: str, days: int, request: bool) -> None:
    """Make a key for the seal, in the folder of KANTA_SEAL_KEYS. It seals nothing until it has taken over.

    Writes NAME.key with mode 600, and NAME.pem, a certificate that the key has signed itself; or with --request
    NAME.csr, for which an authority gives the certificate, to be put there as NAME.pem. A file that is there is never
    written over. No database is needed.
    """
    keys = desk_work.keys_of(desk)
    asked = KeyAsked(
        name=name or keys.free_name(),
        kind=next(one for one in KINDS if one.value == kind),
        organisation=organisation,
        at=desk.clock.now(),
        days=days,
    )
    made = keys.request(asked) if request else keys.make(asked)
    click.echo(made)


@seals.command("take-over")
@click.argument("name")
@click.option("--from", "since", type=_INSTANT, metavar="YYYY-MM-DDTHH:MM:SS", help="In UTC; at once when left out.")
@click.option(
    "--predecessor",
    type=click.Choice([Fate.RETIRED.value, Fate.LOST.value, Fate.COMPROMISED.value]),
    default=Fate.RETIRED.value,
    show_default=True,
    help="What became of the key before. A retired one hands over, so it must still be there.",
)
@click.option(
    "--trusted-until",
    type=_INSTANT,
    metavar="YYYY-MM-DDTHH:MM:SS",
    help="Of a compromised one, in UTC: what it sealed from then on is not believed.",
)
@click.pass_obj
def take_over(
    desk: SealersDesk, *, name: str, since: datetime | None, predecessor: str, trusted_until: datetime | None
) -> None:
    """Give the seal to the key NAME of the folder, now or from an instant on; its certificate is kept for ever.

    The key before seals that it is succeeded, and what it sealed stays verifiable. Each main connector's journal tells
    of it with the first checkpoint that the new key seals. Give the key to every instance before the instant.
    docs/operations/seal.md tells of rotation, loss and compromise.
    """
    asked = HandOver(name=name, since=_utc(since), fate=Fate(predecessor), trusted_until=_utc(trusted_until))
    taken = asyncio.run(desk_work.take_over(desk, asked))
    click.echo(f"Certificate {taken.number} seals from {taken.takes_over_at:%Y-%m-%d %H:%M:%S} UTC: {taken.sha256}")


@seals.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the certificates, instead of text.")
@click.pass_obj
def list_(desk: Desk, *, as_json: bool) -> None:
    """List the certificates that the service has sealed with, in order.

    Each line: number, `seals`, `sealed` or `waits`, since when in UTC, until when the certificate is valid, what became
    of the key before, and the certificate's SHA-256; separated by tabs.
    """
    found = asyncio.run(desk_work.listed(desk))
    if as_json:
        click.echo(msgspec.json.encode([shown_certificate(one) for one in found]))
        return
    now = desk.clock.now()
    current = succession.in_charge(found, now)
    for one in found:
        click.echo(_line(one, "seals" if one is current else "sealed" if one.takes_over_at <= now else "waits"))


def _line(one: SealCertificate, state: str) -> str:
    valid = describe(certificate_from_der(one.chain[0])).not_after
    since = f"{one.takes_over_at:%Y-%m-%d %H:%M:%S}"
    return "\t".join((str(one.number), state, since, f"{valid:%Y-%m-%d}", one.predecessor_fate.value, one.sha256))


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)
