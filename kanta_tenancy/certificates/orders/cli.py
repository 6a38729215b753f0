"""Orders at the command line: `certificates orders list|show|record|arrived|deployed|revoked|close|cancel`."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime
from typing import BinaryIO, Final
from uuid import UUID

import click
import msgspec

from kanta_tenancy.certificates.orders import actions, bodies, issuing, reading
from kanta_tenancy.certificates.orders.bodies import ShownOrder
from kanta_tenancy.certificates.orders.model import (
    CertificateOrder,
    ListedOrder,
    NewOrder,
    OrderPosition,
    OrderState,
    Revocation,
    RevocationReason,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.machinery.commands import InOrder
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.parties import desk_work

Act = Callable[[Transaction, Clock, CertificateOrder], Awaitable[CertificateOrder]]
_PAGE: Final = 200
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)
_AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
_ORDER: Final = click.argument("order_id", metavar="ORDER", type=click.UUID)
_ON: Final = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD", help="On this day; today when left out."
)


@click.group(cls=InOrder)
def orders() -> None:
    """Follow ordered certificates until they are in use and the ones before are revoked."""


@orders.command("list")
@click.option("--state", type=click.Choice([one.value for one in OrderState]), help="Those in this state alone.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def list_(desk: Desk, *, state: str | None, main_connector: str | None, as_json: bool) -> None:
    """List orders, the latest day first.

    Each line: id, state, day of the order, profile, the issuer's number, subject; separated by tabs, a dash where there
    is nothing.
    """
    found = asyncio.run(_list(desk, main_connector, None if state is None else OrderState(state)))
    if as_json:
        click.echo(msgspec.json.encode([bodies.listed(one) for one in found]))
        return
    for one in found:
        day = one.ordered_on.isoformat()
        click.echo("\t".join((str(one.id), one.state, day, one.profile, one.reference or "-", one.subject)))


@orders.command("show")
@_ORDER
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def show(desk: Desk, *, order_id: UUID, main_connector: str | None, as_json: bool) -> None:
    """Show ORDER with its checklist.

    Each line begins with what it is of. order: id, state, day of the order, profile, subject. request: kind of key,
    SHA-256 of the public key. old: id, serial and last instant of the one that is replaced. certificate: the one
    that arrived. finding: in what the request does not keep its profile. step: what it is, how it stands, its day or
    due day, a sentence; an unverified due day says so. Separated by tabs.
    """
    _tell(asyncio.run(_show(desk, main_connector, order_id)), as_json=as_json)


@orders.command("record")
@click.argument("file", type=click.File("rb"), metavar="REQUEST")
@click.option("--profile", required=True, type=click.Choice(issuing.known()), help="What it is held against.")
@_ON
@click.option("--purpose", help="What the certificate is for.")
@click.option("--reference", help="The issuer's own number of the order.")
@click.option("--replaces", type=click.UUID, metavar="CERTIFICATE", help="The certificate that it is to replace.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def record(
    desk: Desk,
    *,
    file: BinaryIO,
    profile: str,
    on: datetime | None,
    purpose: str | None,
    reference: str | None,
    replaces: UUID | None,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """Put down that a certificate was ordered with REQUEST, a PKCS #10 file in PEM or DER; never with a key.

    When the certificate comes into the inventory, it is known by its public key.
    """
    said = NewOrder(
        profile=profile, ordered_on=_day(desk, on), purpose=purpose, reference=reference, replaces_id=replaces
    )
    _tell(asyncio.run(_record(desk, main_connector, said, file.read(MAX_BYTES + 1))), as_json=as_json)


@orders.command("arrived")
@_ORDER
@click.argument("certificate", type=click.UUID)
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def arrived(desk: Desk, *, order_id: UUID, certificate: UUID, main_connector: str | None, as_json: bool) -> None:
    """Say that CERTIFICATE of the inventory is the ordered one; only when it was there before the order."""

    async def act(tx: Transaction, clock: Clock, order: CertificateOrder) -> CertificateOrder:
        return await actions.arrive_by_hand(tx, clock, order.id, certificate, version=order.version)

    _tell(asyncio.run(_act(desk, main_connector, order_id, act)), as_json=as_json)


@orders.command("deployed")
@_ORDER
@_ON
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def deployed(desk: Desk, *, order_id: UUID, on: datetime | None, main_connector: str | None, as_json: bool) -> None:
    """Say that the new certificate is in use everywhere, in the place of the old one."""

    async def act(tx: Transaction, clock: Clock, order: CertificateOrder) -> CertificateOrder:
        return await actions.deploy(tx, clock, order.id, version=order.version, on=_day(desk, on))

    _tell(asyncio.run(_act(desk, main_connector, order_id, act)), as_json=as_json)


@orders.command("revoked")
@_ORDER
@click.option("--serial", required=True, help="Of the old certificate, as its issuer was told it.")
@click.option("--reason", required=True, type=click.Choice([one.value for one in RevocationReason]))
@_ON
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def revoked(
    desk: Desk,
    *,
    order_id: UUID,
    serial: str,
    reason: str,
    on: datetime | None,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """Put down that the issuer was told to revoke the old certificate; this command tells no issuer."""
    revocation = Revocation(serial=serial, reason=RevocationReason(reason), on=_day(desk, on))

    async def act(tx: Transaction, clock: Clock, order: CertificateOrder) -> CertificateOrder:
        return await actions.revoke(tx, clock, order.id, revocation, version=order.version)

    _tell(asyncio.run(_act(desk, main_connector, order_id, act)), as_json=as_json)


@orders.command("close")
@_ORDER
@click.option("--reason", help="Why the old certificate is not revoked, when it is valid still and was not.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def close(desk: Desk, *, order_id: UUID, reason: str | None, main_connector: str | None, as_json: bool) -> None:
    """Say that nothing is left to do."""

    async def act(tx: Transaction, clock: Clock, order: CertificateOrder) -> CertificateOrder:
        return await actions.close(tx, clock, order.id, version=order.version, because=reason)

    _tell(asyncio.run(_act(desk, main_connector, order_id, act)), as_json=as_json)


@orders.command("cancel")
@_ORDER
@click.option("--reason", required=True, help="Why it comes to nothing.")
@_MAIN_CONNECTOR
@_AS_JSON
@click.pass_obj
def cancel(desk: Desk, *, order_id: UUID, reason: str, main_connector: str | None, as_json: bool) -> None:
    """Say that an order comes to nothing; that is final."""

    async def act(tx: Transaction, clock: Clock, order: CertificateOrder) -> CertificateOrder:
        return await actions.cancel(tx, clock, order.id, version=order.version, because=reason)

    _tell(asyncio.run(_act(desk, main_connector, order_id, act)), as_json=as_json)


async def _list(desk: Desk, main_connector: str | None, state: OrderState | None) -> list[ListedOrder]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found: list[ListedOrder] = []
            after: OrderPosition | None = None
            while page := await reading.listed(tx, state, after=after, count=_PAGE):
                found += page
                after = reading.position(page[-1])
            return found


async def _show(desk: Desk, main_connector: str | None, order_id: UUID) -> ShownOrder:
    async def act(_: Transaction, __: Clock, order: CertificateOrder) -> CertificateOrder:
        return order

    return await _act(desk, main_connector, order_id, act)


async def _record(desk: Desk, main_connector: str | None, said: NewOrder, content: bytes) -> ShownOrder:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            return bodies.shown(await actions.put_down(tx, desk.clock, said, content), desk.clock.now())


async def _act(desk: Desk, main_connector: str | None, order_id: UUID, act: Act) -> ShownOrder:
    """Do something with an order as it is now, and return it as it is then."""
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            order = await act(tx, desk.clock, await reading.order(tx, order_id))
            return bodies.shown(order, desk.clock.now())


def _tell(order: ShownOrder, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(order))
        return
    for line in _lines(order):
        click.echo("\t".join(line))


def _lines(order: ShownOrder) -> Iterator[tuple[str, ...]]:
    yield "order", str(order.id), order.state, order.ordered_on.isoformat(), order.profile, order.request.subject
    yield "request", order.request.key, order.request.key_sha256
    if order.old is not None:
        ends_at = order.old.ends_at
        yield "old", str(order.old.id), order.old.serial or "-", "-" if ends_at is None else ends_at.isoformat()
    if order.certificate_id is not None:
        yield "certificate", str(order.certificate_id)
    for finding in order.findings:
        yield "finding", finding.severity, finding.rule, finding.sentence.en, finding.certainty
    for step in order.checklist:
        day = step.done_on or step.due_on
        sure = " (due day unverified)" if step.certainty is Certainty.EXCERPT else ""
        yield "step", step.item, step.standing, "-" if day is None else day.isoformat(), step.sentence.en + sure


def _day(desk: Desk, day: datetime | None) -> date:
    return day_in_finland(desk.clock.now()) if day is None else day.date()
