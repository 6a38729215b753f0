"""What an order owes: the step that it waits for is a promise of the main connector's people (K7). Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.certificates.orders.lifecycle import RULE
from kanta_tenancy.certificates.orders.model import CertificateOrder, DueStep, Step
from kanta_tenancy.certificates.orders.steps import due_step
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence

_DAY: Final = timedelta(days=1)


def subject(order: CertificateOrder) -> str:
    return f"certificate_order/{order.id}"


def kind_of(step: Step) -> str:
    return f"certificate_order.{step.value}"


KINDS: Final = tuple(kind_of(step) for step in Step)


def key_of(order: CertificateOrder, step: Step) -> str:
    return f"{kind_of(step)}/{order.id}"


def id_in(key: str) -> UUID:
    """Return which order a promise is about."""
    return UUID(key.rpartition("/")[2])


def due_at(step: DueStep) -> datetime:
    """Return the end of the due day in Finland."""
    return start_of_day(step.due_on + _DAY)


def owed(order: CertificateOrder, *, at: datetime) -> promises.Owed | None:
    """Return the promise that the step will be done that an order waits for; None: it has ended."""
    step = due_step(order)
    if step is None:
        return None
    return promises.Owed(
        key=key_of(order, step.step),
        kind=kind_of(step.step),
        subject=subject(order),
        owner=promises.Owner.MAIN_CONNECTOR,
        due_at=due_at(step),
        rule=RULE,
        title=_title(order, step.step),
        made_at=at,
        facts={"state": order.state.value, "profile": order.profile, "reference": order.reference},
        explanation=Explanation(
            rule=RULE,
            sources=(step.due.source,),
            inputs={"ordered_on": order.ordered_on.isoformat(), "certainty": step.due.certainty.value},
            steps=step.because,
            result=step.due_on.isoformat(),
        ),
    )


def _title(order: CertificateOrder, step: Step) -> Sentence:
    fi, sv, en = _TITLES[step]
    return sentence(fi, sv, en, subject=order.request.subject)


_TITLES: Final[Mapping[Step, tuple[str, str, str]]] = {
    Step.ARRIVE: (
        "Tilatun varmenteen {subject} pitäisi olla saapunut: tuokaa se tai kysykää myöntäjältä",
        "Det beställda certifikatet {subject} borde ha kommit: lämna in det eller fråga utfärdaren",
        "The ordered certificate {subject} should have arrived: hand it in, or ask its issuer",
    ),
    Step.DEPLOY: (
        "Ottakaa varmenne {subject} käyttöön",
        "Ta certifikatet {subject} i bruk",
        "Put the certificate {subject} into use",
    ),
    Step.REVOKE: (
        "Sulkekaa varmenne, jonka {subject} korvasi",
        "Spärra det certifikat som {subject} ersatte",
        "Have the certificate revoked that {subject} replaced",
    ),
    Step.CLOSE: (
        "Tarkistakaa, että varmenteen {subject} tilauksesta ei jäänyt mitään, ja päättäkää se",
        "Kontrollera att inget återstår av beställningen av certifikatet {subject}, och avsluta den",
        "Check that nothing is left of the order of the certificate {subject}, and close it",
    ),
}
