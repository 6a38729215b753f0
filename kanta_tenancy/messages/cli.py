"""Messages at the command line: `messages test-mail|test-webhook|list|resend`."""

import asyncio
from uuid import UUID

import click
import msgspec

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.messages import desk_work
from kanta_tenancy.messages.bodies import listed
from kanta_tenancy.messages.desk_work import Found, SendersDesk


@click.group()
def messages() -> None:
    """Try mail and webhooks out, and look after what did not arrive."""


@messages.command("test-mail")
@click.argument("address")
@click.option(
    "--language",
    type=click.Choice([one.value for one in Language]),
    default=Language.FINNISH.value,
    show_default=True,
    help="Of the mail.",
)
@click.pass_obj
def test_mail(desk: SendersDesk, *, address: str, language: str) -> None:
    """Send a test mail to ADDRESS, by the mail server of the settings, and print what it answered.

    When the server does not take it, the exit code is 6, and the sentence says at which step and why.
    """
    attempt = asyncio.run(desk_work.test_mail(desk, address, Language(language)))
    click.echo(f"Taken after {attempt.took_ms} ms: {attempt.detail}")


@messages.command("test-webhook")
@click.argument("endpoint", type=click.UUID, metavar="ID")
@click.pass_obj
def test_webhook(desk: SendersDesk, *, endpoint: UUID) -> None:
    """Send a made-up event to the endpoint ID, and print what it answered.

    When it does not take it, the exit code is 6, the sentence says why, and it is tried again like any other.
    """
    attempt = asyncio.run(desk_work.test_webhook(desk, endpoint))
    click.echo(f"Taken after {attempt.took_ms} ms: status {attempt.status}")


@messages.command("list")
@click.option("--dead", is_flag=True, help="What was given up; without it, what waits to be sent.")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def list_(desk: Desk, *, dead: bool, main_connector: str | None, as_json: bool) -> None:
    """List messages that wait, or with --dead those that were given up.

    Each line: id, main connector, mail or webhook, attempts, to whom (an address, or an endpoint's id), when it is
    tried next or was given up, and the last error; separated by tabs.
    """
    found = asyncio.run(desk_work.listed(desk, main_connector, dead=dead))
    if as_json:
        click.echo(msgspec.json.encode([listed(one.message) for one in found]))
        return
    for one in found:
        click.echo(_line(one))


@messages.command("resend")
@click.argument("message", type=click.UUID, metavar="ID")
@click.pass_obj
def resend(desk: Desk, *, message: UUID) -> None:
    """Send the message ID again, which was given up or has arrived; with the id that it had, by the background work."""
    again = asyncio.run(desk_work.resend(desk, message))
    click.echo(f"Message {again.id} is due again.", err=True)


@messages.command("events")
@click.option("--main-connector", metavar="BUSINESS_ID", help="Only this one's; without it, every main connector's.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
@click.pass_obj
def events(desk: Desk, *, main_connector: str | None, as_json: bool) -> None:
    """List events that could not be handed to the rooms and were given up: what follows from them did not happen.

    Each line: id, main connector, kind, when it happened, attempts, and the last error; separated by tabs.
    """
    found = asyncio.run(desk_work.events_given_up(desk, main_connector))
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    for one in found:
        event = one.event
        said = (event.kind, f"{event.at:%Y-%m-%dT%H:%M:%SZ}", str(event.attempts), event.last_error or "-")
        click.echo("\t".join((str(event.id), one.main_connector, *said)))


@messages.command("hand-on")
@click.argument("event", type=click.UUID, metavar="ID")
@click.pass_obj
def hand_on(desk: Desk, *, event: UUID) -> None:
    """Have the event ID, which was given up, handed to the rooms once more, by the background work."""
    again = asyncio.run(desk_work.hand_on(desk, event))
    click.echo(f"Event {again.id} is due again.", err=True)


def _line(found: Found) -> str:
    message = found.message
    when = message.ended_at or message.next_at
    return "\t".join(
        (
            str(message.id),
            found.main_connector,
            message.channel,
            str(message.attempts),
            message.email or str(message.endpoint_id),
            f"{when:%Y-%m-%dT%H:%M:%SZ}",
            message.last_error or "-",
        )
    )
