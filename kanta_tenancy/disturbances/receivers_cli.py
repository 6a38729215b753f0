"""Webhooks of those whom duties are to tell, at the command line: `disturbances receiver|post`."""

import asyncio
from typing import Final, Protocol
from uuid import UUID

import click
from msgspec.structs import replace

from kanta_tenancy.disturbances import reading
from kanta_tenancy.disturbances.actions import naming, posting
from kanta_tenancy.disturbances.authorities import authorities
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.model import Addressee, Webhook
from kanta_tenancy.disturbances.notice import NOTICE
from kanta_tenancy.disturbances.reading import FIRMS
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.messages import signatures
from kanta_tenancy.messages.actions import endpoints
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.model import Endpoint, SaidEndpoint
from kanta_tenancy.parties import desk_work

_ADDRESSEES: Final = (*authorities(), *sorted(FIRMS))
_LANGUAGES: Final = click.Choice([one.value for one in Language])
_MAIN_CONNECTOR: Final = click.option(
    "--main-connector", metavar="BUSINESS_ID", help="Whose; not needed while there is one main connector only."
)


class ReceiversDesk(Desk, Protocol):
    """An operator's desk that also knows what a webhook endpoint can be here."""

    def endpoint_rules(self) -> Rules: ...


class Whom(Record, frozen=True, kw_only=True):
    addressee: Addressee
    system_id: UUID | None  # whose firm; None: an authority
    language: Language


@click.command("receiver")
@click.argument("addressee", type=click.Choice([one.value for one in _ADDRESSEES]))
@click.argument("url")
@click.option("--system", "system_id", type=click.UUID, metavar="ID", help="Of which information system; for a firm.")
@click.option(
    "--language", type=_LANGUAGES, default=Language.FINNISH.value, show_default=True, help="In which they are told."
)
@_MAIN_CONNECTOR
@click.pass_obj
def receiver(
    desk: ReceiversDesk, *, addressee: str, url: str, system_id: UUID | None, language: str, main_connector: str | None
) -> None:
    """Say that ADDRESSEE takes reports by a webhook at URL, which is made for that and hears of nothing else.

    The secret that they verify it with is printed this once. Try it with `messages test-webhook`.
    """
    if (addressee in FIRMS) != (system_id is not None):
        raise click.UsageError("--system is given for producer and manufacturer, and for nobody else.")
    said = SaidEndpoint(url=url, kinds=(NOTICE.kind,), description=f"Told of disturbances: {addressee}")
    whom = Whom(addressee=Addressee(addressee), system_id=system_id, language=Language(language))
    made, secret = asyncio.run(_receiver(desk, main_connector, said, whom))
    click.echo(f"Made: {made.id}", err=True)
    click.echo(signatures.shown(secret))


@click.command("post")
@click.argument("duty", type=click.UUID)
@click.option("--language", type=_LANGUAGES, help="In the place of the one that was said with the webhook.")
@_MAIN_CONNECTOR
@click.pass_obj
def post(desk: Desk, *, duty: UUID, language: str | None, main_connector: str | None) -> None:
    """Fulfil DUTY (its id) by the webhook of whom it is to tell; it is tried for three days, and has failed then."""
    sent = asyncio.run(_post(desk, main_connector, duty, None if language is None else Language(language)))
    click.echo(f"On its way to {sent.note}")


async def _receiver(
    desk: ReceiversDesk, main_connector: str | None, said: SaidEndpoint, whom: Whom
) -> tuple[Endpoint, bytes]:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            made, secret = await endpoints.make(tx, desk.clock, desk.endpoint_rules(), said)
            await _say(tx, desk, whom, Webhook(endpoint_id=made.id, language=whom.language))
            return made, secret


async def _say(tx: Transaction, desk: Desk, whom: Whom, webhook: Webhook) -> None:
    """Say the webhook beside whatever else was said of how they are reached."""
    key = whom.addressee.value
    if whom.system_id is None:
        how, seen = await reading.override(tx, whom.addressee)
        await naming.say_how_reached(tx, desk.clock, key, replace(how, webhook=webhook), seen=seen)
        return
    firm = await reading.firm(tx, whom.system_id, whom.addressee)
    how = replace(firm.how, webhook=webhook)
    await naming.say_how_firm_is_reached(tx, desk.clock, whom.system_id, key, how, seen=firm.version)


async def _post(desk: Desk, main_connector: str | None, duty_id: UUID, language: Language | None) -> KeptDuty:
    async with desk.database() as db:
        of = await desk_work.realm(db, main_connector)
        async with db.transaction(desk_work.at_desk(desk, of.id)) as tx:
            found = await reading.duty(tx, duty_id)
            return await posting.post(tx, desk.clock, duty_id, version=found.version, language=language)
