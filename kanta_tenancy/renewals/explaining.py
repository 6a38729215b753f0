"""Why a request is with whom it is with, until when, and what follows from an answer: in three languages. Pure."""

from collections.abc import Iterator
from typing import Final

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.renewals import requirements, routing
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Ground, Request, State, Why

_GROUNDS: Final = {
    Ground.ORIGINAL: Sentence(
        fi="Lääkemääräyksen laatija on paikalla ennen siirtoa: pyyntö on hänellä.",
        sv="Den som skrev receptet är på plats före överföringen: begäran är hos hen.",
        en="Whoever wrote the prescription is at work before the hand-over: they have it.",
    ),
    Ground.COLLEAGUE: Sentence(
        fi="Toinen yksikön lääkkeen määrääjä on paikalla: pyyntö on sillä, jolla niitä on vähiten.",
        sv="En annan förskrivare vid enheten är på plats: begäran är hos den som har minst antal.",
        en="Another entitled prescriber of the unit is at work: it is with the one who has fewest.",
    ),
    Ground.SAID: Sentence(
        fi="Vuokralainen on ilmoittanut olevansa estynyt: pyyntö on pääliittyjän vastuulääkärillä.",
        sv="Hyresgästen har meddelat att den är förhindrad: begäran är hos huvudanslutarens ansvariga läkare.",
        en="The tenant says that it is prevented: the main connector's responsible physician has it.",
    ),
    Ground.ALL_ABSENT: Sentence(
        fi="Kukaan yksikön oikeutetuista lääkkeen määrääjistä ei ole paikalla ajoissa: pyyntö on vastuulääkärillä.",
        sv="Ingen av enhetens behöriga förskrivare är på plats i tid: begäran är hos den ansvariga läkaren.",
        en="No entitled prescriber of the unit is at work in time: the responsible physician has it.",
    ),
    Ground.NO_AGREEMENT: Sentence(
        fi="Voimassa ei ole sopimusta, jonka liitteessä 1 on Reseptikeskus: pyyntö on vastuulääkärillä.",
        sv="Inget avtal vars bilaga 1 har receptcentret är i kraft: begäran är hos den ansvariga läkaren.",
        en="No agreement is in force whose Annex 1 has prescriptions: the responsible physician has it.",
    ),
    Ground.NO_ANSWER: Sentence(
        fi="Vuokralainen ei vastannut ajoissa: pyyntö on pääliittyjän vastuulääkärillä.",
        sv="Hyresgästen svarade inte i tid: begäran är hos huvudanslutarens ansvariga läkare.",
        en="The tenant did not answer in time: the main connector's responsible physician has it.",
    ),
}
_WHY: Final = {
    Why.UNKNOWN: (
        "Lääkemääräyksen laatijaa ei ole yksikön organisaatiossa.",
        "Den som skrev receptet finns inte i enhetens organisation.",
        "Whoever wrote the prescription is not at the unit's organisation.",
    ),
    Why.LEFT: ("Lähteneitä: {count}.", "Som har slutat: {count}.", "Gone: {count}."),
    Why.ABSENT: (
        "Ei paikalla ennen siirtoa: {count}.",
        "Inte på plats före överföringen: {count}.",
        "Not at work before the hand-over: {count}.",
    ),
    Why.LIMITED: (
        "Rajattu lääkkeenmääräämisoikeus: {count}.",
        "Begränsad förskrivningsrätt: {count}.",
        "Limited right to prescribe: {count}.",
    ),
    Why.ELSEWHERE: ("Muissa yksiköissä: {count}.", "Vid andra enheter: {count}.", "At other units: {count}."),
}
_NOBODY: Final = Sentence(
    fi="Pääliittyjällä ei ole nyt nimettyä vastuulääkäriä: pyyntö on pääliittyjän itsensä vastuulla.",
    sv="Huvudanslutaren har nu ingen utsedd ansvarig läkare: begäran är på huvudanslutarens eget ansvar.",
    en="The main connector has no responsible physician in office now: it answers for the request itself.",
)
_AFTERWARDS: Final = {
    State.RENEWED: Sentence(
        fi="Uusi lääkemääräys korvaa vanhan.",
        sv="Det nya receptet ersätter det gamla.",
        en="The new prescription takes the place of the old one.",
    ),
    State.REJECTED: Sentence(
        fi="Tätä lääkemääräystä ei tiettävästi voi enää pyytää sähköisesti uudistettavaksi. Potilaalle on kerrottava.",
        sv="Så vitt känt kan förnyelse av detta recept inte längre begäras elektroniskt. Patienten ska underrättas.",
        en="As far as is known, renewal of this prescription cannot be requested electronically again. The patient is"
        " to be told.",
    ),
    State.RETURNED: Sentence(
        fi="Pyyntö palautettiin Reseptikeskukseen. Potilas voi tiettävästi pyytää uudistamista muualta.",
        sv="Begäran returnerades till receptcentret. Så vitt känt kan patienten begära förnyelse någon annanstans.",
        en="The request was returned to the Prescription Centre. As far as is known, the patient may request a renewal"
        " elsewhere.",
    ),
    State.LAPSED: Sentence(
        fi="Pyyntö raukesi: mitään ei uusittu. Potilaan on saatava se tietää; uuden pyynnön voi tiettävästi tehdä.",
        sv="Begäran har förfallit: ingenting förnyades. Patienten ska få veta det; så vitt känt kan en ny göras.",
        en="The request has lapsed: nothing was renewed. The patient is to learn of it and may, as far as is known,"
        " request again.",
    ),
}


def explain(request: Request) -> Explanation:
    """Return why a request is, or was, with whom it is, and until when it can be answered."""
    clock = requirements.clock_on(day_in_finland(request.arrived_at))
    return Explanation(
        rule=RULE,
        sources=("model agreement, clause 15", clock.source),
        inputs={
            "arrived_at": request.arrived_at.isoformat(),
            "hours": str(clock.hours),
            "passed": request.passed,
            "ground": "" if request.ground is None else request.ground.value,
        },
        steps=tuple(_steps(request, clock.hours)),
        result=request.state.value,
    )


def afterwards(request: Request) -> Sentence | None:
    """Return what follows from how a request was closed; what no source read says is marked. None: it is open."""
    return _AFTERWARDS.get(request.state)


def _steps(request: Request, hours: int) -> Iterator[Sentence]:
    yield sentence(
        "Pyyntö saapui pääliittyjälle {arrived}. Se raukeaa {hours} tunnin kuluttua, {lapses}.",
        "Begäran kom till huvudanslutaren {arrived}. Den förfaller efter {hours} timmar, {lapses}.",
        "The request arrived at the main connector on {arrived}. It lapses after {hours} hours, on {lapses}.",
        arrived=request.arrived_at,
        hours=hours,
        lapses=request.lapses_at,
    )
    for one in routing.passed_over(request):
        yield sentence(*_WHY[one.why], count=one.count)
    if request.ground is not None:
        yield _GROUNDS[request.ground]
    if request.state is State.WITH_PHYSICIAN and request.person is None:
        yield _NOBODY
    if request.hand_over_at is not None:
        yield sentence(
            "Jos vastausta ei tule, pyyntö siirtyy vastuulääkärille {at}.",
            "Utan svar går begäran till den ansvariga läkaren {at}.",
            "Without an answer it goes to the responsible physician on {at}.",
            at=request.hand_over_at,
        )
