"""What figures of a month are called, in three languages. Pure."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.disturbances.follow_ups.model import FollowUpKind
from kanta_tenancy.disturbances.model import Source
from kanta_tenancy.kernel.explanation import Sentence, sentence

TITLE: Final = Sentence(fi="Häiriöt", sv="Störningar", en="Disturbances")
STATES: Final[Mapping[str, Sentence]] = {
    "reported": Sentence(fi="Kuittaamatta", sv="Inte kvitterad", en="Not acknowledged"),
    "acknowledged": Sentence(fi="Kesken", sv="Pågår", en="Going on"),
    "over": Sentence(fi="Ohi, päättämättä", sv="Över, inte avslutad", en="Over, not closed"),
    "closed": Sentence(fi="Päätetty", sv="Avslutad", en="Closed"),
    "dismissed": Sentence(fi="Ei ollut häiriö", sv="Var ingen störning", en="Was none"),
    "joined": Sentence(fi="Yhdistetty toiseen", sv="Sammanförd med en annan", en="Joined to another"),
}
TYPES: Final[Mapping[str, Sentence]] = {
    "disturbance": Sentence(
        fi="Tietojärjestelmän häiriö", sv="Störning i ett informationssystem", en="Disturbance of an information system"
    ),
    "deviation": Sentence(
        fi="Merkittävä poikkeama olennaisissa vaatimuksissa",
        sv="Betydande avvikelse från väsentliga krav",
        en="Significant deviation in essential requirements",
    ),
    "security_disturbance": Sentence(
        fi="Tietoturvallisuuden häiriö", sv="Störning i informationssäkerheten", en="Information security disturbance"
    ),
    "breach": Sentence(
        fi="Henkilötietojen tietoturvaloukkaus tai sen epäily",
        sv="Personuppgiftsincident eller misstanke om en",
        en="Personal data breach, or the suspicion of one",
    ),
    "critical_or_wide": Sentence(
        fi="Vakavuus: kriittinen tai laaja", sv="Allvar: kritisk eller omfattande", en="Severity: critical or wide"
    ),
    "other": Sentence(fi="Vakavuus: muu", sv="Allvar: annan", en="Severity: other"),
    "ours": Sentence(
        fi="Paikka: oma järjestelmä",
        sv="Plats: det egna systemet",
        en="Place: our own system",
    ),
    "kanta": Sentence(fi="Paikka: Kanta-palvelut", sv="Plats: Kanta-tjänsterna", en="Place: the Kanta services"),
    "network": Sentence(fi="Paikka: verkko", sv="Plats: nätet", en="Place: the network"),
    "unknown": Sentence(fi="Paikka: ei tiedossa", sv="Plats: inte känd", en="Place: not known"),
}
SOURCES: Final[Mapping[Source, Sentence]] = {
    Source.CONTRACT: Sentence(fi="Sopimus 4.1, 4.2", sv="Avtalet 4.1, 4.2", en="Agreement 4.1, 4.2"),
    Source.SECTION_90: Sentence(fi="Laki 703/2023, 90 §", sv="Lag 703/2023, 90 §", en="Act 703/2023, s. 90"),
    Source.KELA_INSTRUCTION: Sentence(fi="Kelan ohje", sv="FPA:s anvisning", en="Kela's instruction"),
    Source.NIS2: Sentence(fi="Laki 124/2025", sv="Lag 124/2025", en="Act 124/2025"),
    Source.GDPR: Sentence(fi="Tietosuoja-asetus", sv="GDPR", en="GDPR"),
    Source.OWN_PRACTICE: Sentence(fi="Oma käytäntö", sv="Egen praxis", en="Own practice"),
}
LEFT: Final[Mapping[FollowUpKind, Sentence]] = {
    FollowUpKind.ACTION: Sentence(
        fi="Häiriöiden jälkitoimet", sv="Åtgärder efter störningar", en="Follow-ups of disturbances"
    ),
    FollowUpKind.FAULT: Sentence(fi="Ilmoitetut viat", sv="Anmälda fel", en="Faults that were notified"),
}
WAITS: Final = Sentence(
    fi="Häiriöiden määrä kuittausajan mukaan",
    sv="Antal störningar efter tid till kvittering",
    en="Number of disturbances by time to acknowledge",
)
OF_TYPES: Final = Sentence(
    fi="Häiriöiden määrä lajin, vakavuuden ja paikan mukaan",
    sv="Antal störningar efter typ, allvar och plats",
    en="Number of disturbances by type, severity and place",
)
_LONGER: Final = Sentence(fi="Kauemmin", sv="Längre", en="Longer")
_HOUR: Final = 60


def wait(key: str) -> Sentence:
    """Say within how long; `longer` is after the longest of them."""
    if key == "longer":
        return _LONGER
    time = minutes(int(key))
    return Sentence(fi=f"Enintään {time.fi}", sv=f"Högst {time.sv}", en=f"Within {time.en}")


def minutes(count: int) -> Sentence:
    """Say minutes as hours and minutes."""
    hours, rest = divmod(count, _HOUR)
    if hours == 0:
        return sentence("{rest} min", "{rest} min", "{rest} min", rest=rest)
    if rest == 0:
        return sentence("{hours} t", "{hours} h", "{hours} h", hours=hours)
    return sentence("{hours} t {rest} min", "{hours} h {rest} min", "{hours} h {rest} min", hours=hours, rest=rest)
