"""What an operator does with messages: tries the ways out, looks at what waits, sends again."""

from contextlib import suppress
from typing import Final, Protocol
from uuid import UUID

from kanta_tenancy.kernel.explanation import sentence
from kanta_tenancy.kernel.identifiers import MainConnectorId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.smtp import Mailer
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.desk import Desk
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.machinery.postgres.outbox import GivenUp, given_up, hand_over_again
from kanta_tenancy.messages import delivering, mailing
from kanta_tenancy.messages.actions.endpoints import send_test
from kanta_tenancy.messages.actions.resending import send_again
from kanta_tenancy.messages.delivering import Post
from kanta_tenancy.messages.errors import (
    EndpointNotFound,
    MailNotSetUp,
    MailNotTaken,
    MessageNotFound,
    WebhookNotTaken,
    WebhooksNotSetUp,
)
from kanta_tenancy.messages.model import Attempt, Claimed, EndpointId, Letter, Message, MessageId, State, Told
from kanta_tenancy.messages.store import messages as store
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.desk_work import at_desk, realm, realms

_PAGE: Final = 500


class SendersDesk(Desk, Protocol):
    """An operator's desk that also reaches the mail server and the receivers of webhooks."""

    def mailer(self) -> Mailer | None:
        """Return the way to the mail server; None when the settings name none."""
        ...

    def post(self) -> Post | None:
        """Return what webhooks are sent with; None when the settings have no key to sign with."""
        ...


class Found(Record, frozen=True, kw_only=True):
    main_connector: str  # business id
    message: Message


async def test_mail(desk: SendersDesk, address: str, language: Language) -> Attempt:
    """Send one mail to an address, by the way that all mails go.

    Raises:
        MailNotSetUp: the settings name no mail server.
        MailNotTaken: it did not take the mail; the sentence says at which step and why.
    """
    mailer = desk.mailer()
    if mailer is None:
        raise MailNotSetUp("The settings name no mail server: set KANTA_SMTP_HOST and KANTA_SMTP_SENDER.")
    try:
        fit = wording.email(address)
    except wording.Unfit as why:
        raise MailNotTaken(str(why)) from why
    ended = await mailing.attempt(mailer, desk.clock, _letter(desk, fit, language), attempts=1)
    if ended.verdict.state is not State.SENT:
        raise MailNotTaken(f"The mail server did not take it. {ended.attempt.detail}")
    return ended.attempt


async def test_webhook(desk: SendersDesk, endpoint_id: UUID) -> Attempt:
    """Send a made-up event to an endpoint, and wait for what it answers.

    Raises:
        WebhooksNotSetUp: the settings have no key to sign with.
        EndpointNotFound, EndpointClosed: there is none, or it is closed.
        WebhookNotTaken: it did not take it. It is tried again like any other.
    """
    post = desk.post()
    if post is None:
        raise WebhooksNotSetUp("The settings have no key to sign with: set KANTA_WEBHOOK_KEY.")
    async with desk.database() as db:
        claimed = await _begun(db, desk, EndpointId(endpoint_id))
        ended = await delivering.send_one(db, desk.clock, post, claimed)
    if ended is None:
        raise WebhookNotTaken("Another instance has sent it meanwhile; its deliveries tell how that went.")
    if ended.verdict.state is not State.SENT:
        raise WebhookNotTaken(f"{_status(ended.attempt)}: {ended.attempt.detail}".rstrip(": "))
    return ended.attempt


async def _begun(db: Database, desk: Desk, endpoint_id: EndpointId) -> Claimed:
    for one in await realms(db):
        with suppress(EndpointNotFound):
            async with db.transaction(at_desk(desk, one.id)) as tx:
                return await send_test(tx, desk.clock, endpoint_id, leased=True)
    raise EndpointNotFound(f"no webhook endpoint {endpoint_id}")


async def listed(desk: Desk, main_connector: str | None, *, dead: bool) -> list[Found]:
    """Return what was given up, or else everything that waits, newest first."""
    state = State.DEAD if dead else State.DUE
    found: list[Found] = []
    async with desk.database() as db:
        for one in [await realm(db, main_connector)] if main_connector else await realms(db):
            async with db.transaction(at_desk(desk, one.id)) as tx:
                before = None
                while rows := await store.page(tx, before=before, limit=_PAGE, state=state, channel=None):
                    found += [Found(main_connector=one.business_id, message=row) for row in rows]
                    before = rows[-1].id
    return found


async def resend(desk: Desk, message_id: UUID) -> Message:
    """Let a message be due once more, whatever its realm.

    Raises:
        MessageNotFound, MessageUnderWay, EndpointClosed: there is none, or it cannot be sent again now.
    """
    async with desk.database() as db:
        for one in await realms(db):
            message = await _sent_again(db, desk, one.id, MessageId(message_id))
            if message is not None:
                return message
    raise MessageNotFound(f"no message {message_id}")


class FoundEvent(Record, frozen=True, kw_only=True):
    main_connector: str  # business id
    event: GivenUp


async def events_given_up(desk: Desk, main_connector: str | None) -> list[FoundEvent]:
    """Return what rooms announced and others could not be told of, oldest first in each realm."""
    found: list[FoundEvent] = []
    async with desk.database() as db:
        for one in [await realm(db, main_connector)] if main_connector else await realms(db):
            async with db.transaction(at_desk(desk, one.id)) as tx:
                found += [FoundEvent(main_connector=one.business_id, event=each) for each in await given_up(tx)]
    return found


async def hand_on(desk: Desk, event_id: UUID) -> GivenUp:
    """Have an event that was given up handed to the rooms once more, whatever its realm.

    Raises:
        MessageNotFound: there is none of that id that was given up.
    """
    async with desk.database() as db:
        for one in await realms(db):
            async with db.transaction(at_desk(desk, one.id)) as tx:
                again = await hand_over_again(tx, desk.clock, event_id)
                if again is not None:
                    at, facts = desk.clock.now(), {"kind": again.kind}
                    await record(tx, Act(action="event.handed_on", subject=f"event/{again.id}", at=at, facts=facts))
                    return again
    raise MessageNotFound(f"no event {event_id} that was given up")


async def _sent_again(
    db: Database, desk: Desk, main_connector_id: MainConnectorId, message_id: MessageId
) -> Message | None:
    try:
        async with db.transaction(at_desk(desk, main_connector_id)) as tx:
            return await send_again(tx, desk.clock, message_id)
    except MessageNotFound:
        return None


def _status(attempt: Attempt) -> str:
    return attempt.outcome if attempt.status is None else f"{attempt.outcome}, status {attempt.status}"


def _letter(desk: Desk, email: str, language: Language) -> Letter:
    at = desk.clock.now()
    told = Told(
        topic="messages.test",
        tenancy_id=None,
        subject=sentence(fi="Koeviesti", sv="Testmeddelande", en="Test message"),
        lines=(
            sentence(
                fi="Sähköposti toimii: tämä viesti kulki samaa tietä kuin ilmoitukset.",
                sv="E-posten fungerar: detta meddelande gick samma väg som notiserna.",
                en="Mail works: this message went the way that notices go.",
            ),
        ),
        facts=(),
        told_at=at,
    )
    return Letter(
        id=MessageId(new_id()),
        contact_id=None,
        name=email,
        email=email,
        language=language,
        urgent=False,
        made_at=at,
        since=at,
        main_connector="kanta-tenancy",
        notices=(told,),
    )
