"""Somebody is told of what could not be told: the administrators, by another way than the one that failed."""

from datetime import datetime

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages.model import EndpointId, Letter, Notice, Parcel
from kanta_tenancy.messages.telling import readers, tell
from kanta_tenancy.parties import Function

_ADMINISTRATORS = (Function.ADMINISTRATOR,)
GIVEN_UP = "messages.given_up"
ENDPOINT_CLOSED = "messages.endpoint_closed"
_NUMBER = Sentence(fi="Viestin tunnus", sv="Meddelandets id", en="Message id")
_RECEIVER = Sentence(fi="Vastaanottaja", sv="Mottagare", en="Receiver")
_REASON = Sentence(fi="Syy", sv="Orsak", en="Reason")
_ABOUT = Sentence(fi="Aiheet", sv="Ämnen", en="Topics")
_ENDPOINT = Sentence(fi="Webhook-osoitteen tunnus", sv="Webhookadressens id", en="Endpoint id")
_KIND = Sentence(fi="Tapahtuma", sv="Händelse", en="Event")


async def tell_of_mail(tx: Transaction, letter: Letter, reason: str, *, at: datetime) -> None:
    """Tell the main connector's other administrators at once of a mail that was given up.

    A mail that itself tells of one is told of by no further mail: the list, the log and the figures have it.
    """
    if all(notice.topic == GIVEN_UP for notice in letter.notices):
        return
    facts = (
        (_RECEIVER, f"{letter.name} <{letter.email}>"),
        (_REASON, reason),
        (_ABOUT, ", ".join(dict.fromkeys(notice.topic for notice in letter.notices))),
        (_NUMBER, str(letter.id)),
    )
    people = await readers(tx, _ADMINISTRATORS, tenancy_id=None, at=at)
    await tell(
        tx,
        at,
        [
            Notice(
                key=f"{GIVEN_UP}/{letter.id}/{letter.since:%Y%m%dT%H%M%S}/{person.contact_id}",
                to=person,
                topic=GIVEN_UP,
                subject=sentence(
                    fi="Sähköpostiviestiä ei saatu perille",
                    sv="Ett e-postmeddelande kunde inte levereras",
                    en="A mail could not be delivered",
                ),
                lines=(
                    sentence(
                        fi="Kerro asia vastaanottajalle muulla tavoin, korjaa yhteystieto ja lähetä viesti uudelleen.",
                        sv="Berätta saken för mottagaren på annat sätt, rätta kontaktuppgiften och sänd på nytt.",
                        en="Tell the receiver by another way, mend the contact and send the message again.",
                    ),
                ),
                facts=facts,
                tenancy_id=None,
                urgent=True,
            )
            for person in people
            if person.email.lower() != letter.email.lower()
        ],
    )


async def tell_of_webhook(tx: Transaction, parcel: Parcel, reason: str, *, at: datetime) -> None:
    """Tell the administrators of the endpoint's owner, once a day for each endpoint, that an event did not arrive."""
    day = day_in_finland(at)
    await _tell_owner(
        tx,
        parcel,
        key=f"{GIVEN_UP}/{parcel.endpoint_id}/{day}",
        topic=GIVEN_UP,
        subject=sentence(
            fi="Webhook-viestejä ei saatu perille",
            sv="Webhookmeddelanden kunde inte levereras",
            en="Webhooks could not be delivered",
        ),
        line=sentence(
            fi="Ainakin yksi tapahtuma jäi toimittamatta. Korjaa vastaanottaja ja lähetä viestit uudelleen.",
            sv="Minst en händelse blev inte levererad. Åtgärda mottagaren och sänd meddelandena på nytt.",
            en="At least one event was not delivered. Mend the receiver and send the messages again.",
        ),
        reason=reason,
        at=at,
    )


async def tell_of_closed(tx: Transaction, parcel: Parcel, *, version: int, at: datetime) -> None:
    """Tell the administrators of the endpoint's owner that it was closed, since it said three times that it is gone."""
    await _tell_owner(
        tx,
        parcel,
        key=f"{ENDPOINT_CLOSED}/{parcel.endpoint_id}/{version}",
        topic=ENDPOINT_CLOSED,
        subject=sentence(
            fi="Webhook-osoite suljettiin", sv="En webhookadress stängdes", en="A webhook endpoint was closed"
        ),
        line=sentence(
            fi="Vastaanottaja ilmoitti kolmesti peräkkäin poistuneensa (410). Tapahtumia ei enää lähetetä sinne.",
            sv="Mottagaren meddelade tre gånger i rad att den är borta (410). Inga händelser sänds längre dit.",
            en="The receiver said three times in a row that it is gone (410). No events are sent there any more.",
        ),
        reason="410",
        at=at,
    )


async def _tell_owner(
    tx: Transaction,
    parcel: Parcel,
    *,
    key: str,
    topic: str,
    subject: Sentence,
    line: Sentence,
    reason: str,
    at: datetime,
) -> None:
    facts = (
        (_ENDPOINT, str(EndpointId(parcel.endpoint_id))),
        (_KIND, parcel.kind),
        (_REASON, reason),
        (_NUMBER, str(parcel.id)),
    )
    people = await readers(tx, _ADMINISTRATORS, tenancy_id=parcel.tenancy_id, at=at)
    await tell(
        tx,
        at,
        [
            Notice(
                key=f"{key}/{person.contact_id}",
                to=person,
                topic=topic,
                subject=subject,
                lines=(line,),
                facts=facts,
                tenancy_id=parcel.tenancy_id,
            )
            for person in people
        ],
    )
