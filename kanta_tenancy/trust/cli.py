"""Trust at the command line: `trust anchors load|list|remove`, `trust policy show|decide`, `trust revocation …`."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import BinaryIO, Final
from uuid import UUID

import click
import msgspec
from cryptography import x509

from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.parties import desk_work
from kanta_tenancy.trust import examining, reading
from kanta_tenancy.trust.actions import anchors as anchor_actions
from kanta_tenancy.trust.actions import policies as policy_actions
from kanta_tenancy.trust.bodies import anchors as anchor_bodies
from kanta_tenancy.trust.bodies import policies as policy_bodies
from kanta_tenancy.trust.bodies import revocation
from kanta_tenancy.trust.model import (
    Anchor,
    AnchorKind,
    KeptStatement,
    Loaded,
    Obligation,
    Policy,
    TimestampAuthority,
    Watched,
    Wish,
)

_PAGE: Final = 200
_DAY: Final = timedelta(days=1)
_JUST_BEFORE: Final = timedelta(microseconds=1)
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


@click.group()
def trust() -> None:
    """Say whom the main connector trusts, and what signatures are to reach."""


@trust.group()
def anchors() -> None:
    """Load, list and remove certificates that are trusted."""


@anchors.command("load")
@click.argument("files", type=click.File("rb"), nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in AnchorKind]),
    default=AnchorKind.SIGNATURES.value,
    show_default=True,
    help="What signatures may lead to, what timestamps may, or what only lies on the way.",
)
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def load(desk: Desk, *, files: tuple[BinaryIO, ...], kind: str, main_connector: str | None, as_json: bool) -> None:
    """Load the certificates of each FILE: PEM with up to ten, or DER with one; all of them or none.

    `-` is standard input. Compare the fingerprint with what the authority publishes before you rely on it.

    Each line: new or kept (it was there), id, SHA-256, last day, name; separated by tabs.
    """
    certificates = [each for file in files for each in examining.read(file.read(MAX_BYTES + 1))]
    found = asyncio.run(_load(desk, main_connector, AnchorKind(kind), list(dict.fromkeys(certificates))))
    now = desk.clock.now()
    if as_json:
        click.echo(msgspec.json.encode(anchor_bodies.shown_loaded(found, now)))
        return
    for one in found:
        click.echo("\t".join(("new" if one.new else "kept", *_line(one.anchor))))
        for doubt in examining.doubts(one.anchor, now):
            click.echo(f"{one.anchor.name}: {doubt.value.replace('_', ' ')}.", err=True)


@anchors.command("list")
@click.option("--kind", type=click.Choice([one.value for one in AnchorKind]), help="Only those that are kept for this.")
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Those that were kept as this day ended in Finland; now when left out.",
)
@click.option("--removed", is_flag=True, help="All there ever were, whatever the day.")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def list_(
    desk: Desk, *, kind: str | None, day: datetime | None, removed: bool, main_connector: str | None, as_json: bool
) -> None:
    """List the certificates that are trusted, or kept beside those, newest first.

    Each line: what it is kept for, kept or the instant of its removal, id, SHA-256, last day, name; separated by tabs.
    """
    kinds = tuple(AnchorKind) if kind is None else (AnchorKind(kind),)
    now = desk.clock.now()
    at = now if day is None else start_of_day(day.date() + _DAY) - _JUST_BEFORE
    found = asyncio.run(_listed(desk, main_connector, kinds, None if removed else at))
    if as_json:
        click.echo(msgspec.json.encode([anchor_bodies.shown(one, now) for one in found]))
        return
    for one in found:
        standing = "kept" if one.removed_at is None else _instant(one.removed_at)
        click.echo("\t".join((one.kind, standing, *_line(one))))


@anchors.command("remove")
@click.argument("anchor", type=click.UUID, metavar="ID")
@click.option("--reason", required=True, help="Why; it is kept with the certificate.")
@_MAIN_CONNECTOR
@click.pass_obj
def remove(desk: Desk, *, anchor: UUID, reason: str, main_connector: str | None) -> None:
    """Trust the certificate ID no longer. That it was trusted until now stays known."""
    removed = asyncio.run(_remove(desk, main_connector, anchor, reason))
    click.echo(f"Removed: {removed.name}, sha256 {removed.sha256}.")


@trust.group()
def policy() -> None:
    """Look at what signatures are to reach, and decide it."""


@policy.command("show")
@click.option("--versions", is_flag=True, help="Every version there was, newest first.")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def show(desk: Desk, *, versions: bool, main_connector: str | None, as_json: bool) -> None:
    """Show what signatures are to reach now, or every version of that.

    Each line: version (0 while nobody has decided anything), since when, level, required or best_effort, the greatest
    age of revocation data in hours, timestamp authorities in the order of asking; separated by tabs.
    """
    found = asyncio.run(_policies(desk, main_connector, versions=versions))
    if as_json:
        click.echo(msgspec.json.encode([policy_bodies.shown(one) for one in found]))
        return
    for one in found:
        click.echo("\t".join(_policy_line(one)))


@policy.command("decide")
@click.option("--level", type=click.Choice([one.value for one in Level]), required=True, help="To be reached.")
@click.option(
    "--obligation",
    type=click.Choice([one.value for one in Obligation]),
    default=Obligation.BEST_EFFORT.value,
    show_default=True,
    help="Whether a signature below the level is taken.",
)
@click.option(
    "--authority",
    "authorities",
    nargs=2,
    multiple=True,
    metavar="NAME URL",
    help="Who makes timestamps; repeat it in the order of asking.",
)
@click.option("--fresh-for", type=click.IntRange(1, 8760), metavar="HOURS", help="How old revocation data may be.")
@_MAIN_CONNECTOR
@click.pass_obj
def decide(
    desk: Desk,
    *,
    level: str,
    obligation: str,
    authorities: tuple[tuple[str, str], ...],
    fresh_for: int | None,
    main_connector: str | None,
) -> None:
    """Decide what signatures are to reach from now on; what held before stays known."""
    wish = Wish(
        level=Level(level),
        obligation=Obligation(obligation),
        authorities=tuple(TimestampAuthority(name=name, url=url) for name, url in authorities),
        fresh_for_hours=fresh_for,
    )
    click.echo("\t".join(_policy_line(asyncio.run(_decide(desk, main_connector, wish)))))


@trust.group("revocation")
def revocation_() -> None:
    """Look at kept revocation data, and for whom it is kept fresh."""


@revocation_.command("list")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def list_statements(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List the revocation lists and OCSP answers that are kept, newest first.

    Each line: crl or ocsp, when it was made, when the next one was promised (- for never), when it was fetched, bytes,
    authority, and of an answer the serial number; separated by tabs.
    """
    found = asyncio.run(_statements(desk, main_connector))
    now = desk.clock.now()
    if as_json:
        click.echo(msgspec.json.encode([revocation.shown(one, now) for one in found]))
        return
    for one in found:
        following = "-" if one.next_at is None else _instant(one.next_at)
        times = (_instant(one.produced_at), following, _instant(one.fetched_at))
        click.echo("\t".join((one.kind, *times, str(one.bytes), one.authority, one.about or "-")))


@revocation_.command("watched")
@_MAIN_CONNECTOR
@_JSON
@click.pass_obj
def list_watched(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List the signers' certificates whose revocation data is kept fresh, and how each stood when last asked about.

    Each line: good, revoked, unknown or - (not asked yet), when, SHA-256, last day, name, reason; separated by tabs.
    """
    found = asyncio.run(_watched(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode([revocation.shown_watched(one) for one in found]))
        return
    for one in found:
        asked = "-" if one.asked_at is None else _instant(one.asked_at)
        last = f"{one.until:%Y-%m-%d}"
        click.echo("\t".join((one.standing or "-", asked, one.sha256, last, one.name, one.reason or "-")))


async def _statements(desk: Desk, main_connector: str | None) -> list[KeptStatement]:
    found: list[KeptStatement] = []
    before: UUID | None = None
    async with _at_desk(desk, main_connector) as tx:
        while page := await reading.newest_statements(tx, before=before, count=_PAGE):
            found += page
            before = page[-1].id
    return found


async def _watched(desk: Desk, main_connector: str | None) -> list[Watched]:
    found: list[Watched] = []
    after: str | None = None
    async with _at_desk(desk, main_connector) as tx:
        while page := await reading.watched_chains(tx, after=after, count=_PAGE):
            found += page
            after = page[-1].sha256
    return found


@asynccontextmanager
async def _at_desk(desk: Desk, main_connector: str | None) -> AsyncGenerator[Transaction]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            yield tx


async def _load(
    desk: Desk, main_connector: str | None, kind: AnchorKind, certificates: list[x509.Certificate]
) -> tuple[Loaded, ...]:
    async with _at_desk(desk, main_connector) as tx:
        return await anchor_actions.load(tx, desk.clock, kind, certificates)


async def _listed(
    desk: Desk, main_connector: str | None, kinds: tuple[AnchorKind, ...], at: datetime | None
) -> list[Anchor]:
    found: list[Anchor] = []
    before: UUID | None = None
    async with _at_desk(desk, main_connector) as tx:
        while page := await reading.newest_anchors(tx, kinds, at=at, before=before, count=_PAGE):
            found += page
            before = page[-1].id
    return found


async def _remove(desk: Desk, main_connector: str | None, anchor_id: UUID, reason: str) -> Anchor:
    async with _at_desk(desk, main_connector) as tx:
        return await anchor_actions.remove(tx, desk.clock, anchor_id, version=None, because=reason)


async def _policies(desk: Desk, main_connector: str | None, *, versions: bool) -> list[Policy]:
    async with _at_desk(desk, main_connector) as tx:
        return await _every_policy(tx) if versions else [await reading.policy(tx)]


async def _every_policy(tx: Transaction) -> list[Policy]:
    found: list[Policy] = []
    before: int | None = None
    while page := await reading.newest_policies(tx, before=before, count=_PAGE):
        found += page
        before = page[-1].version
    return found


async def _decide(desk: Desk, main_connector: str | None, wish: Wish) -> Policy:
    async with _at_desk(desk, main_connector) as tx:
        return await policy_actions.decide(tx, desk.clock, wish, version=None)


def _line(anchor: Anchor) -> tuple[str, ...]:
    return str(anchor.id), anchor.sha256, f"{anchor.not_after:%Y-%m-%d}", anchor.name


def _policy_line(policy: Policy) -> tuple[str, ...]:
    since = "-" if policy.since is None else _instant(policy.since)
    authorities = " ".join(one.url for one in policy.authorities) or "-"
    return str(policy.version), since, policy.level, policy.obligation, str(policy.fresh_for_hours or "-"), authorities


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
