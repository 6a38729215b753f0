"""What an order waits for, until when, and what of the whole way is done (K7). Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from kanta_tenancy.certificates.orders import issuing
from kanta_tenancy.certificates.orders.lifecycle import ENDED, to_be_revoked
from kanta_tenancy.certificates.orders.model import (
    CertificateOrder,
    ChecklistItem,
    DueStep,
    OrderState,
    Standing,
    Step,
)
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence

BEFORE_THE_END: Final = timedelta(
    days=7
)  # this service's own choice: the new one is in use so long before the old ends
_WAITS_FOR: Final[Mapping[OrderState, Step]] = {
    OrderState.ORDERED: Step.ARRIVE,
    OrderState.ARRIVED: Step.DEPLOY,
    OrderState.DEPLOYED: Step.REVOKE,
    OrderState.OLD_REVOKED: Step.CLOSE,
}
_ORDER: Final = tuple(Step)


def waits_for(order: CertificateOrder) -> Step | None:
    """Return the step that an order waits for; None: it has ended."""
    step = _WAITS_FOR.get(order.state)
    if step is Step.REVOKE and not _revocable(order):
        return Step.CLOSE
    return step


def due_step(order: CertificateOrder) -> DueStep | None:
    """Return what an order waits for and until when; None: it has ended. It depends on the order alone."""
    step = waits_for(order)
    if step is None:
        return None
    begins = _begins(order)
    due = issuing.due(step, order.profile, begins)
    due_on, because = begins + timedelta(days=due.days), [_counted(begins, due.days)]
    if due.certainty in _UNSURE:
        because.append(_UNSURE[due.certainty])
    if step is Step.DEPLOY and order.old is not None and order.old.ends_at is not None:
        latest = max(day_in_finland(order.old.ends_at) - BEFORE_THE_END, begins)
        if latest < due_on:
            due_on = latest
            because.append(_old_ends(day_in_finland(order.old.ends_at)))
    return DueStep(step=step, due_on=due_on, due=due, because=tuple(because))


def checklist(order: CertificateOrder, at: datetime) -> tuple[ChecklistItem, ...]:
    """Return every step of the way in its order, with what is done, and what is to be done now and until when."""
    return tuple(_item(order, step, at) for step in _ORDER)


def _revocable(order: CertificateOrder) -> bool:
    """Say whether the old one is to be revoked after the deployment.

    One that had ended on the day of the deployment needs no revocation; the day decides, so that the same order always
    waits for the same.
    """
    old, on = order.old, order.deployed_on
    if old is None or order.revocation is not None:
        return False
    return old.ends_at is None or on is None or day_in_finland(old.ends_at) >= on


def _begins(order: CertificateOrder) -> date:
    if order.state is OrderState.ORDERED:
        return order.ordered_on
    if order.state is OrderState.ARRIVED and order.arrived_at is not None:
        return day_in_finland(order.arrived_at)
    days = [day for day in (order.deployed_on, None if order.revocation is None else order.revocation.on) if day]
    return max(days, default=order.ordered_on)


def _item(order: CertificateOrder, step: Step, at: datetime) -> ChecklistItem:
    day = done_on(order)[step]
    standing = _standing(order, step, at, done=day is not None)
    due = due_step(order) if standing is Standing.OPEN and step is waits_for(order) else None
    return ChecklistItem(
        item=step.value,
        standing=standing,
        sentence=_sentence(order, step),
        done_on=day,
        due_on=None if due is None else due.due_on,
        source=None if due is None else due.due.source,
        certainty=None if due is None else due.due.certainty,
    )


def _standing(order: CertificateOrder, step: Step, at: datetime, *, done: bool) -> Standing:
    if done:
        return Standing.DONE
    needless = not to_be_revoked(order, at)
    if order.state in ENDED or (step is Step.REVOKE and needless):
        return Standing.NOT_NEEDED
    now = waits_for(order)
    if now is Step.REVOKE and needless:  # the old one has ended meanwhile
        now = Step.CLOSE
    return Standing.OPEN if step is now else Standing.LATER


def done_on(order: CertificateOrder) -> Mapping[Step, date | None]:
    closed = order.ended_at if order.state is OrderState.CLOSED else None
    return {
        Step.ARRIVE: None if order.arrived_at is None else day_in_finland(order.arrived_at),
        Step.DEPLOY: order.deployed_on,
        Step.REVOKE: None if order.revocation is None else order.revocation.on,
        Step.CLOSE: None if closed is None else day_in_finland(closed),
    }


def _sentence(order: CertificateOrder, step: Step) -> Sentence:
    if step is Step.REVOKE and order.old is not None:
        return _revoke(order.old.serial)
    return _TOLD[step]


def _revoke(serial: str | None) -> Sentence:
    return sentence(
        "Pyytäkää myöntäjää sulkemaan vanha varmenne; kertokaa sen sarjanumero {serial} ja syy. Sulkemista ei peruta.",
        "Be utfärdaren spärra det gamla certifikatet; uppge dess serienummer {serial} och orsaken. Spärrningen återtas"
        " inte.",
        "Ask the issuer to revoke the old certificate; tell its serial number {serial} and the reason. That is final.",
        serial=serial or "-",
    )


def _counted(begins: date, days: int) -> Sentence:
    return sentence(
        "{days} päivää päivästä {begins}.", "{days} dagar från {begins}.", "{days} days from {begins}.",
        days=days, begins=begins,
    )  # fmt: skip


def _old_ends(ends_on: date) -> Sentence:
    return sentence(
        "Vanha varmenne päättyy {ends_on}; uusi on käytössä viikkoa ennen sitä.",
        "Det gamla certifikatet går ut {ends_on}; det nya är i bruk en vecka före det.",
        "The old certificate ends on {ends_on}; the new one is in use a week before that.",
        ends_on=ends_on,
    )


_UNSURE: Final[Mapping[Certainty, Sentence]] = {
    Certainty.EXCERPT: Sentence(
        fi="Määräaikaa ei ole varmistettu myöntäjältä.",
        sv="Tiden har inte bekräftats av utfärdaren.",
        en="This time was not verified with the issuer.",
    ),
    Certainty.ASSUMED: Sentence(
        fi="Määräaika on tämän palvelun oma valinta.",
        sv="Tiden är denna tjänsts eget val.",
        en="This time is this service's own choice.",
    ),
}
_TOLD: Final[Mapping[Step, Sentence]] = {
    Step.ARRIVE: Sentence(
        fi="Tilattu varmenne saapuu, ja sen julkinen avain on sama kuin pyynnön.",
        sv="Det beställda certifikatet kommer, och dess publika nyckel är densamma som i begäran.",
        en="The ordered certificate arrives, and its public key is that of the request.",
    ),
    Step.DEPLOY: Sentence(
        fi="Ottakaa uusi varmenne ja sen ketju käyttöön kaikissa paikoissa, joissa vanha on.",
        sv="Ta det nya certifikatet med sin kedja i bruk på alla ställen där det gamla finns.",
        en="Put the new certificate and its chain into use at every place that has the old one.",
    ),
    Step.REVOKE: Sentence(
        fi="Vanhaa varmennetta ei ole.", sv="Det finns inget gammalt certifikat.", en="There is no old certificate."
    ),
    Step.CLOSE: Sentence(
        fi="Tarkistakaa, että vanha varmenne on suljettu ja sen avain hävitetty, ja päättäkää tilaus.",
        sv="Kontrollera att det gamla certifikatet är spärrat och dess nyckel förstörd, och avsluta beställningen.",
        en="Check that the old certificate is revoked and its key destroyed, and close the order.",
    ),
}
