"""How the strict deadline of a breach came about, told in words (K4.2). Pure; `breach_clock` counts the hours."""

from datetime import datetime
from typing import Final

from kanta_tenancy.breaches.model import AwareGround
from kanta_tenancy.kernel.breach_clock import authority_due, later_reading
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence

RULE: Final = "K4.2"
GDPR_33: Final = "Regulation (EU) 2016/679, Article 33(1)"
PERIODS: Final = "Regulation (EEC, Euratom) 1182/71, Article 3"
_GROUNDS: Final = {
    AwareGround.FOUND_ITSELF: Sentence(
        fi="Rekisterinpitäjä havaitsi sen itse.",
        sv="Den personuppgiftsansvarige upptäckte det själv.",
        en="The controller found it itself.",
    ),
    AwareGround.TOLD_BY_PROCESSOR: Sentence(
        fi="Henkilötietojen käsittelijä kertoi siitä rekisterinpitäjälle.",
        sv="Personuppgiftsbiträdet berättade det för den personuppgiftsansvarige.",
        en="The processor told the controller.",
    ),
    AwareGround.TOLD_BY_JOINT_CONTROLLER: Sentence(
        fi="Toinen yhteisrekisterinpitäjä kertoi siitä.",
        sv="En annan av de gemensamt personuppgiftsansvariga berättade det.",
        en="Another joint controller told it.",
    ),
    AwareGround.TOLD_BY_OTHER: Sentence(
        fi="Joku muu kertoi siitä rekisterinpitäjälle.",
        sv="Någon annan berättade det för den personuppgiftsansvarige.",
        en="Somebody else told the controller.",
    ),
    AwareGround.SUSPICION_CONFIRMED: Sentence(
        fi="Epäily varmistui riittävällä varmuudella lyhyessä selvityksessä.",
        sv="En kort utredning bekräftade misstanken med tillräcklig säkerhet.",
        en="A short investigation made the suspicion reasonably certain.",
    ),
}


def ground_told(ground: AwareGround) -> Sentence:
    """Say why a controller counts as aware from an instant on."""
    return _GROUNDS[ground]


def explained(aware_at: datetime, ground: AwareGround, reason: str) -> Explanation:
    """Say how the deadline came about, and what the general rules on periods may add to it."""
    strict, later = authority_due(aware_at), later_reading(aware_at)
    steps = (
        sentence(
            "Rekisterinpitäjä sai tiedon {at}.",
            "Den personuppgiftsansvarige fick vetskap {at}.",
            "The controller became aware on {at}.",
            at=aware_at,
        ),
        _GROUNDS[ground],
        sentence(
            "72 tuntia kuluvat tunti tunnilta, myös yöllä, viikonloppuna ja kun kelloja siirretään: määräaika päättyy"
            " {due}.",
            "De 72 timmarna löper timme för timme, även på natten, under veckoslut och när klockan ställs om: fristen"
            " går ut {due}.",
            "The 72 hours run hour by hour, at night, at weekends and when clocks are set too: the time ends on {due}.",
            due=strict,
        ),
        sentence(
            "Vain tiedoksi: määräaikojen yleisten sääntöjen (asetus 1182/71) mukaan aika voisi tulkintamme mukaan"
            " jatkua {later} asti. Sitä ei ole vahvistettu, eikä mikään täällä noudata sitä.",
            "Endast för kännedom: enligt de allmänna reglerna om tidsfrister (förordning 1182/71) kunde tiden i vår"
            " tolkning löpa till {later}. Det är inte bekräftat, och ingenting här följer det.",
            "For information only: by the general rules on periods (Regulation 1182/71) the time might, in our reading,"
            " run until {later}. That is not verified, and nothing here goes by it.",
            later=later,
        ),
    )
    return Explanation(
        rule=RULE,
        sources=(GDPR_33, PERIODS),
        inputs={"aware_at": aware_at.isoformat(), "ground": ground.value, "reason": reason},
        steps=steps,
        result=strict.isoformat(),
    )
