"""What people are told of an agreement's life: each party's contacts, in their language, with the rule and its steps.

A subscriber of the outbox; telling twice is telling once, since each notice has the id of the event in its key.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements import owing
from kanta_tenancy.agreements.ends import Breach, last_day_before
from kanta_tenancy.agreements.model import Agreement, Manner, Party
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message
from kanta_tenancy.messages import Notice, readers, tell
from kanta_tenancy.parties import Function

Body = Mapping[str, Any]

_REFERENCE: Final = Sentence(fi="Sopimuksen tunnus", sv="Avtalets referens", en="Agreement reference")
_MAIN_CONNECTOR: Final = Sentence(fi="Pääliittyjä", sv="Huvudanslutare", en="Main connector")
_TENANT: Final = Sentence(fi="Vuokralainen", sv="Hyresgäst", en="Tenant")
# Who reads a party's post about agreements: the first of these functions that somebody has.
_READERS: Final = (Function.AGREEMENTS, Function.SIGNATORY, Function.ADMINISTRATOR)


class Telling(Record, frozen=True, kw_only=True):
    """What is told of one kind of event."""

    subject: Sentence  # no personal data, and no name of a firm
    lines: Callable[[Agreement, Body], Iterable[Sentence]]  # none: nobody is told
    urgent: bool = False
    tenant_only: bool = False  # the main connector knows it already
    asks: bool = False  # for something: withdrawn when that is done before the mail is made


async def tell_people(tx: Transaction, message: Message) -> None:
    """Tell both parties' contacts of what happened to their agreement; subscribes to the kinds of `TOLD`."""
    telling = TOLD[message.kind]
    agreement = await store.find(tx, AgreementId(UUID(str(message.body["agreement_id"]))))
    day = day_in_finland(message.at)
    both = await parties.the_parties(tx, agreement.tenancy_id, on_day=day)
    facts = (
        (_REFERENCE, agreement.reference),
        (_MAIN_CONNECTOR, both.main_connector.name),
        (_TENANT, both.tenant.name),
    )
    lines = tuple(telling.lines(agreement, message.body))
    if not lines:
        return
    sides = (agreement.tenancy_id,) if telling.tenant_only else (None, agreement.tenancy_id)
    people = [one for side in sides for one in await readers(tx, _READERS, tenancy_id=side, at=message.at)]
    await tell(
        tx,
        message.at,
        [
            Notice(
                key=f"{message.kind}/{message.id}/{reader.contact_id}",
                to=reader,
                topic=message.kind,
                subject=telling.subject,
                lines=lines,
                facts=facts,
                tenancy_id=agreement.tenancy_id,
                urgent=telling.urgent,
                about=owing.subject(agreement) if telling.asks else None,
            )
            for reader in people
        ],
    )


def _offered(agreement: Agreement, _: Body) -> Iterable[Sentence]:
    yield sentence(
        "Sopimus {reference} on tarjottu, ja sen voi allekirjoittaa. Sisältöä ei enää muuteta.",
        "Avtalet {reference} har erbjudits och kan undertecknas. Innehållet ändras inte längre.",
        "Agreement {reference} is on offer and can be signed. Its content does not change any more.",
        reference=agreement.reference,
    )


def _signed(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    # Who signs in the document knows it; a paper is put down by somebody else, perhaps for the other party.
    if body.get("manner") != Manner.PAPER:
        return
    if body["party"] == Party.TENANT:
        yield sentence(
            "Sopimukseen {reference} on kirjattu vuokralaisen paperille tehty allekirjoitus, josta on skannattu kuva.",
            "För avtalet {reference} har antecknats hyresgästens underskrift på papper, av vilken det finns en skannad"
            " bild.",
            "A signature of the tenant's on paper was put down for agreement {reference}; there is a scan of it.",
            reference=agreement.reference,
        )
    else:
        yield sentence(
            "Sopimukseen {reference} on kirjattu pääliittyjän paperille tehty allekirjoitus, josta on skannattu kuva.",
            "För avtalet {reference} har antecknats huvudanslutarens underskrift på papper, av vilken det finns en"
            " skannad bild.",
            "A signature of the main connector's on paper was put down for agreement {reference}; there is a scan of"
            " it.",
            reference=agreement.reference,
        )


def _on_paper(agreement: Agreement) -> Iterable[Sentence]:
    papers = {one.party for one in agreement.signatures if one.paper is not None}
    if Party.MAIN_CONNECTOR in papers:
        yield Sentence(
            fi="Pääliittyjän allekirjoitus on paperilla: järjestelmässä on siitä skannattu kuva, jota ei voi todentaa.",
            sv="Huvudanslutarens underskrift är på papper: i systemet finns en skannad bild som inte kan verifieras.",
            en="The main connector's signature is on paper: the system has a scan of it, which cannot be verified.",
        )
    if Party.TENANT in papers:
        yield Sentence(
            fi="Vuokralaisen allekirjoitus on paperilla: järjestelmässä on siitä skannattu kuva, jota ei voi todentaa.",
            sv="Hyresgästens underskrift är på papper: i systemet finns en skannad bild som inte kan verifieras.",
            en="The tenant's signature is on paper: the system has a scan of it, which cannot be verified.",
        )


def _in_force(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    yield sentence(
        "Sopimus {reference} on voimassa {day} alkaen. Kummallakin osapuolella on alkuperäinen kappale.",
        "Avtalet {reference} är i kraft från {day}. Båda parterna har ett originalexemplar.",
        "Agreement {reference} is in force from {day}. Each party holds an original.",
        reference=agreement.reference,
        day=date.fromisoformat(body["on"]),
    )
    yield from _on_paper(agreement)


def _amended(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    yield sentence(
        "Liite 1 muuttuu {day} alkaen muutoksella {reference}, jonka molemmat osapuolet ovat allekirjoittaneet.",
        "Bilaga 1 ändras från {day} genom ändringen {reference}, som båda parterna har undertecknat.",
        "Annex 1 changes from {day} by amendment {reference}, which both parties have signed.",
        reference=agreement.reference,
        day=date.fromisoformat(body["since"]),
    )
    yield from _on_paper(agreement)


def _notice_given(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    said = body.get("given_on")  # which an event of before this was told does not have
    day = day_in_finland(datetime.fromisoformat(body["at"])) if said is None else date.fromisoformat(said)
    if body["party"] == Party.TENANT:
        yield sentence(
            "Vuokralainen on irtisanonut sopimuksen {reference} {day}.",
            "Hyresgästen har sagt upp avtalet {reference} {day}.",
            "The tenant has given notice of agreement {reference} on {day}.",
            reference=agreement.reference,
            day=day,
        )
    else:
        yield sentence(
            "Pääliittyjä on irtisanonut sopimuksen {reference} {day}.",
            "Huvudanslutaren har sagt upp avtalet {reference} {day}.",
            "The main connector has given notice of agreement {reference} on {day}.",
            reference=agreement.reference,
            day=day,
        )
    if body["delivered_on"] is None:
        yield sentence(
            "Tiedoksiantopäivää ei ole vielä kirjattu, joten päättymispäivää ei ole laskettu.",
            "Dagen för delgivningen är inte antecknad än, så slutdagen är inte räknad.",
            "The day of delivery is not recorded yet, so the end is not worked out.",
        )


def _ending(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    if body["until"] is None:
        yield sentence(
            "Sopimuksen {reference} tiedossa ollut päättyminen on rauennut. Sopimus jatkuu toistaiseksi.",
            "Den kända tidpunkten för när avtalet {reference} upphör gäller inte längre. Avtalet fortsätter tills"
            " vidare.",
            "The end of agreement {reference} that was known has fallen away. The agreement goes on until further"
            " notice.",
            reference=agreement.reference,
        )
        return
    yield _last_day(agreement.reference, datetime.fromisoformat(body["until"]))
    explanation = agreement.end_explanation
    if explanation is not None and agreement.in_force_until == datetime.fromisoformat(body["until"]):
        yield from explanation.steps


def _ended(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    yield sentence(
        "Sopimus {reference} on päättynyt.",
        "Avtalet {reference} har upphört.",
        "Agreement {reference} has ended.",
        reference=agreement.reference,
    )
    yield _last_day(agreement.reference, datetime.fromisoformat(body["until"]))
    if agreement.end_explanation is not None:
        yield from agreement.end_explanation.steps


def _withdrawn(agreement: Agreement, _: Body) -> Iterable[Sentence]:
    yield sentence(
        "Tarjous sopimuksesta {reference} on peruttu. Sopimusta ei voi enää allekirjoittaa, eikä se tule voimaan.",
        "Erbjudandet om avtalet {reference} har återkallats. Avtalet kan inte längre undertecknas och träder inte i"
        " kraft.",
        "The offer of agreement {reference} was withdrawn. It cannot be signed any more, and does not take force.",
        reference=agreement.reference,
    )
    if agreement.withdrawn_because is not None:
        yield sentence("Syy: {because}", "Orsak: {because}", "Reason: {because}", because=agreement.withdrawn_because)


_BREACHES: Final[Mapping[str, Sentence]] = {
    Breach.ENDANGERS_ACCESS: Sentence(
        fi="Peruste: sopimusrikkomus, joka vaarantaa vakavasti pääliittyjän liittymisen Kanta-palveluihin.",
        sv="Grund: ett avtalsbrott som allvarligt äventyrar huvudanslutarens anslutning till Kanta-tjänsterna.",
        en="Ground: a breach that seriously endangers the main connector's access to the Kanta services.",
    ),
    Breach.CONSIDERABLE_HARM: Sentence(
        fi="Peruste: sopimusrikkomus, josta aiheutuu muuta huomattavaa haittaa.",
        sv="Grund: ett avtalsbrott som medför annan betydande olägenhet.",
        en="Ground: a breach that causes other considerable harm.",
    ),
}


def _rescinded(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    yield sentence(
        "Pääliittyjä on purkanut sopimuksen {reference} (kohta 20). Se ei ole voimassa {at} alkaen (Suomen aikaa).",
        "Huvudanslutaren har hävt avtalet {reference} (punkt 20). Det är inte i kraft från {at} (finsk tid).",
        "The main connector has rescinded agreement {reference} (clause 20). It is not in force from {at} (time in"
        " Finland).",
        reference=agreement.reference,
        at=datetime.fromisoformat(body["at"]),
    )
    yield _BREACHES[body["breach"]]


def _reminded(agreement: Agreement, body: Body) -> Iterable[Sentence]:
    yield sentence(
        "Sopimus {reference} on tarjottu {day}, ja se odottaa vielä vuokralaisen allekirjoitusta.",
        "Avtalet {reference} erbjöds {day} och väntar ännu på hyresgästens underskrift.",
        "Agreement {reference} was offered on {day} and still waits for the tenant's signature.",
        reference=agreement.reference,
        day=date.fromisoformat(body["offered_on"]),
    )


def _last_day(reference: str, until: datetime) -> Sentence:
    return sentence(
        "Sopimuksen {reference} viimeinen voimassaolopäivä on {last}.",
        "Den sista dagen i kraft för avtalet {reference} är {last}.",
        "The last day in force of agreement {reference} is {last}.",
        reference=reference,
        last=last_day_before(until),
    )


TOLD: Final[Mapping[str, Telling]] = {
    "agreement.offered": Telling(
        subject=Sentence(
            fi="Sopimus odottaa allekirjoitusta", sv="Ett avtal väntar på underskrift", en="An agreement can be signed"
        ),
        lines=_offered,
    ),
    "agreement.signed": Telling(
        subject=Sentence(fi="Allekirjoitus paperilla", sv="En underskrift på papper", en="A signature on paper"),
        lines=_signed,
    ),
    "agreement.in_force": Telling(
        subject=Sentence(fi="Sopimus on voimassa", sv="Ett avtal är i kraft", en="An agreement is in force"),
        lines=_in_force,
    ),
    "agreement.withdrawn": Telling(
        subject=Sentence(fi="Tarjous on peruttu", sv="Ett erbjudande har återkallats", en="An offer was withdrawn"),
        lines=_withdrawn,
    ),
    "agreement.amendment_agreed": Telling(
        subject=Sentence(fi="Liite 1 muuttuu", sv="Bilaga 1 ändras", en="Annex 1 changes"), lines=_amended
    ),
    "campaign.reminder_due": Telling(
        subject=Sentence(
            fi="Sopimus odottaa yhä allekirjoitusta",
            sv="Ett avtal väntar ännu på underskrift",
            en="An agreement still waits for a signature",
        ),
        lines=_reminded,
        tenant_only=True,
        asks=True,
    ),
    "notice.given": Telling(
        subject=Sentence(fi="Sopimus on irtisanottu", sv="Ett avtal har sagts upp", en="Notice of an agreement"),
        lines=_notice_given,
        urgent=True,
    ),
    "agreement.ending": Telling(
        subject=Sentence(
            fi="Sopimuksen päättymispäivä", sv="Dagen då ett avtal upphör", en="The day on which an agreement ends"
        ),
        lines=_ending,
        urgent=True,
    ),
    "agreement.ended": Telling(
        subject=Sentence(fi="Sopimus on päättynyt", sv="Ett avtal har upphört", en="An agreement has ended"),
        lines=_ended,
    ),
    "agreement.rescinded": Telling(
        subject=Sentence(fi="Sopimus on purettu", sv="Ett avtal har hävts", en="An agreement was rescinded"),
        lines=_rescinded,
        urgent=True,
    ),
}
