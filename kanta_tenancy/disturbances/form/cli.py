"""Links to the form at the command line: `disturbances links|link|unlink`."""

import asyncio
from uuid import UUID

import click

from kanta_tenancy.disturbances.form import actions, store
from kanta_tenancy.disturbances.form.bodies import path_of
from kanta_tenancy.disturbances.form.model import FormLink
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.parties import Permission, desk_work

_PAGE = 500
_MAIN_CONNECTOR = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)


@click.command("link")
@click.argument("name")
@click.option("--tenant", metavar="BUSINESS_ID", help="For a tenant's people; your own when left out.")
@_MAIN_CONNECTOR
@click.pass_obj
def link(desk: Desk, *, name: str, tenant: str | None, main_connector: str | None) -> None:
    """Make a link to the form by which people report without an access key; NAME says whom it is given to.

    The path is printed this once, to be opened at the service's address; `?lang=fi`, `sv` or `en` sets the language.
    """
    made, secret = asyncio.run(_make(desk, main_connector, name, tenant))
    click.echo(f"Made: {made.id}", err=True)
    click.echo(path_of(secret))


@click.command("links")
@_MAIN_CONNECTOR
@click.pass_obj
def links(desk: Desk, *, main_connector: str | None) -> None:
    """List the links to the form.

    Each line: id, when it was made, when it was revoked or a dash, the tenancy or a dash, name; separated by tabs.
    """
    for one in asyncio.run(_list(desk, main_connector)):
        revoked = "-" if one.revoked_at is None else one.revoked_at.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M")
        made = one.made_at.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M")
        click.echo("\t".join((str(one.id), made, revoked, str(one.tenancy_id or "-"), one.name)))


@click.command("unlink")
@click.argument("link_id", type=click.UUID, metavar="ID")
@_MAIN_CONNECTOR
@click.pass_obj
def unlink(desk: Desk, *, link_id: UUID, main_connector: str | None) -> None:
    """Revoke the link to the form with this ID: it opens nothing any more. What came through it stays."""
    revoked = asyncio.run(_revoke(desk, main_connector, link_id))
    click.echo(f"Revoked: {revoked.name}")


async def _make(desk: Desk, main_connector: str | None, name: str, tenant: str | None) -> tuple[FormLink, str]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            tenancy_id = None if tenant is None else await desk_work.tenancy(tx, tenant)
            return await actions.make(tx, desk.clock, name=name, tenancy_id=tenancy_id, giver=frozenset(Permission))


async def _list(desk: Desk, main_connector: str | None) -> list[FormLink]:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found: list[FormLink] = []
            while page := await store.page(tx, after=found[-1].id if found else UUID(int=0), count=_PAGE):
                found += page
            return found


async def _revoke(desk: Desk, main_connector: str | None, link_id: UUID) -> FormLink:
    async with desk.database() as db:
        realm = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, realm.id)) as tx:
            found = await store.find(tx, link_id)
            return await actions.revoke(tx, desk.clock, link_id, version=found.version)
