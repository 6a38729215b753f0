"""How a duty came about, in three languages: the facts, the rule with its source, how the time was counted. Pure.

The duties of a storm of reports are put down with what goes into their explanations alone. It is written out when what
follows from the report is done, a moment later; whoever reads it before has it written out as well.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances import deriving, rules
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.model import Counted, Duty, Fact, Moments, Rule, Source
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence

_SOURCES: Final[Mapping[Source, str]] = {
    Source.CONTRACT: "the model agreement",
    Source.SECTION_90: "Act 703/2023",
    Source.KELA_INSTRUCTION: "kanta.fi",
    Source.NIS2: "Act 124/2025",
    Source.GDPR: "Regulation (EU) 2016/679",
    Source.OWN_PRACTICE: "this service's own practice",
}
_MINUTES: Final = 1_000  # whose sentences are kept: of a storm of reports, each has the same few
SURE: Final[Mapping[Certainty, Sentence | None]] = {
    Certainty.READ: None,
    Certainty.EXCERPT: Sentence(
        fi="Lähde on nähty vain otteena, jossa ei ole päiväystä: tarkistakaa se ennen kuin luotatte siihen.",
        sv="Källan har bara setts som ett utdrag utan datum: kontrollera den innan ni förlitar er på den.",
        en="The source was seen only as an excerpt without a date: check it before you rely on it.",
    ),
    Certainty.ASSUMED: Sentence(
        fi="Tätä ei sano mikään lähde: se on tämän palvelun oma tulkinta tai valinta.",
        sv="Detta sägs inte i någon källa: det är den här tjänstens egen tolkning eller eget val.",
        en="No source says this: it is this service's own reading or choice.",
    ),
}


def source_of(rule: Rule) -> str:
    """Name where a rule comes from, such as `Act 703/2023, section 90(1)`."""
    return ", ".join(filter(None, (_SOURCES[rule.source], rule.clause)))


def explain(duty: Duty, moments: Moments) -> Explanation:
    """Return how a duty and its time came about."""
    words = rules.facts_in_words()
    steps = [*(words[fact].told for fact in duty.facts), duty.rule.meaning, SURE[duty.rule.certainty]]
    steps += [duty.limit.meaning, _begins(duty.rule.counted, _to_the_minute(duty.counted_from))]
    steps.append(_due(_to_the_minute(duty.due_at)))
    return replace(
        outline(duty, moments),
        sources=tuple(dict.fromkeys((source_of(duty.rule), duty.rule.reference, duty.limit.source))),
        steps=tuple(step for step in steps if step is not None),
    )


def outline(duty: Duty, moments: Moments) -> Explanation:
    """Return what went in and what came out, from which `in_full` writes the rest."""
    inputs = {fact.value: moments.known[fact].isoformat() for fact in duty.facts}
    inputs |= {"counted_from": duty.counted_from.isoformat(), "limit": duty.limit.key}
    return Explanation(rule=duty.rule.requirement, sources=(), inputs=inputs, steps=(), result=duty.due_at.isoformat())


def in_full(kept: KeptDuty) -> KeptDuty:
    """Return a duty with its explanation written out, if it is an outline still."""
    if kept.explanation.steps:
        return kept
    day = day_in_finland(kept.made_at)
    rule = rules.rule_on(kept.rule, day)
    inputs = kept.explanation.inputs
    known = {fact: datetime.fromisoformat(inputs[fact]) for fact in Fact if fact in inputs}
    duty = Duty(
        rule=rule,
        limit=rules.limit_on(inputs["limit"], day),
        counted_from=kept.counted_from,
        due_at=kept.due_at,
        facts=deriving.grounds(rule, known),
    )
    return replace(kept, explanation=explain(duty, Moments(known=known, detected_at=kept.made_at)))


def _to_the_minute(at: datetime) -> datetime:
    """Return what a sentence tells of an instant: duties of one minute share their sentences."""
    return at.replace(second=0, microsecond=0)


def _known(at: datetime) -> Sentence:
    return sentence(
        "Aika alkaa siitä, kun tiedot kirjattiin: {at}.",
        "Tiden räknas från när uppgifterna antecknades: {at}.",
        "Time runs from when the facts were put down: {at}.",
        at=at,
    )


def _detected(at: datetime) -> Sentence:
    return sentence(
        "Aika alkaa havaitsemisesta: {at}.",
        "Tiden räknas från upptäckten: {at}.",
        "Time runs from the detection: {at}.",
        at=at,
    )


def _aware(at: datetime) -> Sentence:
    return sentence(
        "Aika alkaa siitä, kun rekisterinpitäjä sai tiedon loukkauksesta: {at}.",
        "Tiden räknas från när den personuppgiftsansvarige fick vetskap om incidenten: {at}.",
        "Time runs from when the controller became aware of the breach: {at}.",
        at=at,
    )


def _followed_up(at: datetime) -> Sentence:
    return sentence(
        "Aika alkaa jatkoilmoituksesta, tai sen määräajasta, jos sitä ei ole annettu: {at}.",
        "Tiden räknas från den uppföljande anmälan, eller från dess tidsfrist om den inte har lämnats: {at}.",
        "Time runs from the follow-up notice, or from when it is due where it was not given: {at}.",
        at=at,
    )


_BEGINS: Final[Mapping[Counted, Callable[[datetime], Sentence]]] = {
    Counted.KNOWN: _known,
    Counted.DETECTED: _detected,
    Counted.AWARE: _aware,
    Counted.FOLLOWED_UP: _followed_up,
}


@lru_cache(maxsize=_MINUTES)
def _begins(counted: Counted, minute: datetime) -> Sentence:
    return _BEGINS[counted](minute)


@lru_cache(maxsize=_MINUTES)
def _due(at: datetime) -> Sentence:
    return sentence(
        "Viimeistään {at} Suomen aikaa.",
        "Senast {at} finsk tid.",
        "By {at}, Finnish time.",
        at=at,
    )
