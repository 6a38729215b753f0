"""Mandates at the command line: `agreements mandates list|show|record|end`."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Final, TypeVar
from uuid import UUID

import click
import msgspec

from kanta_tenancy.agreements.mandates import actions, reading
from kanta_tenancy.agreements.mandates.bodies import shown_mandate
from kanta_tenancy.agreements.mandates.model import Mandate, MandateGround, NewMandate
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import desk_work

T = TypeVar("T")
_PAGE: Final = 200
_DAY: Final = click.DateTime(["%Y-%m-%d"])

of_realm = click.option(
    "--main-connector",
    metavar="BUSINESS_ID",
    help="Whose realm; not needed while there is one main connector only.",
)
in_json = click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line instead of text.")


@click.group("mandates")
def mandates_() -> None:
    """Put down who may sign for a party, on what ground and until when."""


@mandates_.command("list")
@click.option("--tenancy", type=click.UUID, help="Those that were put down for one tenancy.")
@of_realm
@in_json
@click.pass_obj
def list_mandates(desk: Desk, *, tenancy: UUID | None, main_connector: str | None, as_json: bool) -> None:
    """List mandates, newest first.

    Each line: id, party, person, ground, first day, last day (- for none), and the day from which it was ended (- for
    none); separated by tabs.
    """

    async def every(tx: Transaction) -> list[Mandate]:
        found: list[Mandate] = []
        before: UUID | None = None
        while page := await reading.newest(tx, before=before, count=_PAGE, tenancy_id=tenancy):
            found += page
            before = page[-1].id
        return found

    for mandate in _done(desk, main_connector, every):
        _tell(mandate, as_json=as_json)


@mandates_.command("show")
@click.argument("mandate", type=click.UUID)
@of_realm
@in_json
@click.pass_obj
def show_mandate(desk: Desk, *, mandate: UUID, main_connector: str | None, as_json: bool) -> None:
    """Show one mandate, in a line as `list` prints it."""
    _tell(_done(desk, main_connector, lambda tx: reading.mandate(tx, mandate)), as_json=as_json)


@mandates_.command("record")
@click.option("--party", type=click.Choice([one.value for one in Party]), required=True, help="For whom they sign.")
@click.option("--tenancy", type=click.UUID, help="Left out: the main connector's, towards all of its tenants.")
@click.option("--person", metavar="NAME", required=True, help="Who may sign.")
@click.option(
    "--ground", type=click.Choice([one.value for one in MandateGround]), required=True, help="On what ground."
)
@click.option("--words", help="The ground in words; needed for `other`.")
@click.option("--exhibit", type=click.UUID, help="The document; needed for `power_of_attorney`.")
@click.option("--valid-from", type=_DAY, required=True, help="The first day on which it holds.")
@click.option("--valid-until", type=_DAY, help="Its last day; left out: until further notice.")
@of_realm
@in_json
@click.pass_obj
def record_mandate(
    desk: Desk,
    *,
    party: str,
    tenancy: UUID | None,
    person: str,
    ground: str,
    words: str | None,
    exhibit: UUID | None,
    valid_from: datetime,
    valid_until: datetime | None,
    main_connector: str | None,
    as_json: bool,
) -> None:
    """Put down that somebody may sign for a party; the journal says that it was done here."""
    said = NewMandate(
        party=Party(party),
        tenancy_id=None if tenancy is None else TenancyId(tenancy),
        person=person,
        ground=MandateGround(ground),
        words=words,
        exhibit_id=exhibit,
        valid_from=valid_from.date(),
        valid_until=_day(valid_until),
    )
    _tell(_done(desk, main_connector, lambda tx: actions.put_down(tx, desk.clock, said)), as_json=as_json)


@mandates_.command("end")
@click.argument("mandate", type=click.UUID)
@click.option("--on", type=_DAY, help="The first day on which it does not hold; today if left out.")
@click.option("--because", metavar="TEXT", required=True, help="Why.")
@of_realm
@in_json
@click.pass_obj
def end_mandate(
    desk: Desk, *, mandate: UUID, on: datetime | None, because: str, main_connector: str | None, as_json: bool
) -> None:
    """Put down, once, that a mandate does not hold any more; what was signed by it before stays signed."""

    async def end(tx: Transaction) -> Mandate:
        before = await reading.mandate(tx, mandate)
        return await actions.end(
            tx, desk.clock, mandate_id=mandate, version=before.version, on=_day(on), because=because
        )

    _tell(_done(desk, main_connector, end), as_json=as_json)


def _done(desk: Desk, main_connector: str | None, act: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        async with desk.database() as db:
            realm = await desk_work.realm(db, main_connector)
            async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
                return await act(tx)

    return asyncio.run(run())


def _tell(mandate: Mandate, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(shown_mandate(mandate)))
        return
    days = (mandate.valid_from, mandate.valid_until, mandate.ended_on)
    told = ("-" if day is None else day.isoformat() for day in days)
    click.echo("\t".join((str(mandate.id), mandate.party, mandate.person, mandate.ground, *told)))


def _day(instant: datetime | None) -> date | None:
    return None if instant is None else instant.date()
