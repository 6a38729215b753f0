"""What stands in the document that an addressee of a duty is given: what is known, by whom, by which rule. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from kanta_tenancy.disturbances import explaining, rules, wording
from kanta_tenancy.disturbances.case import Answered, Basis, KeptDuty, Purpose, Status
from kanta_tenancy.disturbances.model import Addressee, Answer, Authority, Rule
from kanta_tenancy.disturbances.wording import About
from kanta_tenancy.kernel import citations
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.papers import Paper, Part, Row
from kanta_tenancy.papers import wording as shared

# They are told of the event and never what somebody else reported of it.
WITHOUT_REPORTS: Final = frozenset(
    {Addressee.AFFECTED_TENANTS, Addressee.TENANT_CONTROLLERS, Addressee.SERVICE_RECIPIENTS}
)
# Nor are these told how it was judged, which is for those who have to act on it.
WITHOUT_ANSWERS: Final = frozenset({Addressee.AFFECTED_TENANTS, Addressee.SERVICE_RECIPIENTS})


class Addressed(Record, frozen=True, kw_only=True):
    """Whom a document is for: an authority of that day, or a firm by its name; else the addressee in general."""

    authority: Authority | None = None
    name: str | None = None


class Known(Record, frozen=True, kw_only=True):
    """What the teller knows, as far as the addressee may be told of it."""

    about: About
    answers: tuple[Answered, ...]  # those that hold
    statuses: tuple[Status, ...]


def paper(known: Known, duty: KeptDuty, to: Addressed, language: Language) -> Paper:
    """Return what an addressee is told on paper; the same facts are the same paper."""
    rule = rules.rule_on(duty.rule, day_in_finland(duty.made_at))
    parts = tuple(_parts(known, duty, rule, language))
    return Paper(
        about=about_of(duty),
        tenancy_id=duty.tenancy_id,
        language=language,
        title=wording.PURPOSES[duty.purpose].said_in(language),
        reference=known.about.disturbance.reference,
        known_at=max(_instants(known, duty)),
        rows=tuple(_rows(known, duty, to, rule, language)),
        parts=tuple(part for part in parts if part.text),
    )


def about_of(duty: KeptDuty) -> str:
    """Name a duty as the journal does."""
    return f"disturbance_duty/{duty.id}"


def cited(rule: Rule) -> Sentence:
    """Return how the source of a rule is cited."""
    return citations.cited(explaining.source_of(rule), _NAMED)


def _rows(known: Known, duty: KeptDuty, to: Addressed, rule: Rule, language: Language) -> Iterator[Row]:
    about = known.about

    def row(label: Sentence, value: str) -> Row:
        return Row(label=label.said_in(language), value=value)

    yield row(shared.TO, _named(duty.addressee, to, language))
    yield row(shared.FROM, shared.sender(about.teller, about.business_id, about.oid))
    yield row(shared.BY, cited(rule).said_in(language))
    yield row(_MEANS, rule.meaning.said_in(language))
    doubt = explaining.SURE[rule.certainty]
    if doubt is not None:
        yield row(_SURE, doubt.said_in(language))
    yield row(_ROUND, _ROUNDS[duty.purpose].said_in(language).format(round=duty.round))


def _named(addressee: Addressee, to: Addressed, language: Language) -> str:
    """Return an addressee's name; an authority's that is a translation of ours stands beside its own."""
    if to.authority is None:
        return to.name or _capital(wording.ADDRESSEES[addressee].said_in(language))
    own, said = to.authority.name.fi, to.authority.name.said_in(language)
    if language.value not in to.authority.unsure_names:
        return said
    return f"{own}\n({said}: {_TRANSLATION.said_in(language)})"


def _parts(known: Known, duty: KeptDuty, rule: Rule, language: Language) -> Iterator[Part]:
    about, words = known.about, rules.facts_in_words()
    yield _part(_EVENT, wording.named_event(about, language), language)
    if duty.purpose is Purpose.CANCELLATION:
        yield _part(_WITHDRAWN, [_NO_LONGER.said_in(language)], language)
        return
    said = [_fact(words[one.fact].told, one, language) for one in _answers(known, duty)]
    yield _part(_KNOWN, said, language)
    if rule.to in WITHOUT_REPORTS:
        yield _part(_TOLD, [_status(one, language) for one in known.statuses], language)
        return
    for number, report in enumerate(about.reports, 1):
        at = sentence("{at}", "{at}", "{at}", at=report.reported_at).said_in(language)
        heading = f"{_REPORT.said_in(language)} {number}, {at}"
        yield Part(heading=heading, text="\n".join(wording.reported(report, language)))


def _part(heading: Sentence, lines: Sequence[str], language: Language) -> Part:
    return Part(heading=heading.said_in(language), text="\n".join(lines))


def _fact(told: Sentence, one: Answered, language: Language) -> str:
    """Say a fact; one that was only drawn from a report is told as that."""
    said = told.said_in(language)
    return f"{said} {_FROM_A_REPORT.said_in(language)}" if one.basis is Basis.REPORT else said


def _status(one: Status, language: Language) -> str:
    at = sentence("{at}", "{at}", "{at}", at=one.published_at).said_in(language)
    text = one.text or {}
    added = text.get(language) or next(iter(text.values()), "")
    return ": ".join(filter(None, (f"{at}, {wording.PHASES[one.phase].said_in(language)}", added)))


def held(answers: Iterable[Answered], about: About) -> tuple[Answered, ...]:
    """Return the answers that bring what a text says is known, in its order."""
    given = {one.fact: one for one in answers if one.answer is Answer.YES}
    return tuple(given[fact] for fact in about.facts)


def _answers(known: Known, duty: KeptDuty) -> tuple[Answered, ...]:
    return () if duty.addressee in WITHOUT_ANSWERS else known.answers


def _instants(known: Known, duty: KeptDuty) -> Iterator[datetime]:
    yield duty.made_at
    yield from (one.answered_at for one in _answers(known, duty))
    if duty.addressee in WITHOUT_REPORTS:
        yield from (one.published_at for one in known.statuses)
    else:
        yield from (one.reported_at for one in known.about.reports)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


_NAMED: Final = {
    "kanta.fi": Sentence(fi="kanta.fi", sv="kanta.fi", en="kanta.fi"),
    "this service's own practice": Sentence(
        fi="palvelun oma käytäntö", sv="tjänstens egen praxis", en="this service's own practice"
    ),
    "instructions for fault situations": Sentence(
        fi="ohje vikatilanteisiin", sv="anvisning för felsituationer", en="instructions for fault situations"
    ),
    "action in suspected data breaches": Sentence(
        fi="toiminta epäillyissä tietoturvaloukkauksissa",
        sv="åtgärder vid misstänkta personuppgiftsincidenter",
        en="action in suspected data breaches",
    ),
}
_MEANS: Final = Sentence(fi="Mitä peruste sanoo", sv="Vad grunden säger", en="What that says")
_SURE: Final = Sentence(fi="Kuinka varmaa se on", sv="Hur säkert det är", en="How sure that is")
_ROUND: Final = Sentence(fi="Ilmoituskerta", sv="Anmälan nummer", en="Notice")
_ROUNDS: Final = {
    Purpose.FIRST: Sentence(fi="{round}, ensimmäinen", sv="{round}, den första", en="{round}, the first"),
    Purpose.CHANGE: Sentence(
        fi="{round}, muuttaa aiempaa", sv="{round}, ändrar en tidigare", en="{round}, changes an earlier one"
    ),
    Purpose.CANCELLATION: Sentence(
        fi="{round}, peruuttaa aiemman", sv="{round}, återtar en tidigare", en="{round}, withdraws an earlier one"
    ),
}
_TRANSLATION: Final = Sentence(
    fi="käännös, jota ei ole vahvistettu",
    sv="översättning som inte har bekräftats",
    en="a translation that is not confirmed",
)
_EVENT: Final = Sentence(fi="Häiriö", sv="Störningen", en="The disturbance")
_KNOWN: Final = Sentence(fi="Tiedossa on", sv="Känt är", en="What is known")
_FROM_A_REPORT: Final = Sentence(
    fi="(Perustuu ilmoitukseen; arviota ei ole vahvistettu.)",
    sv="(Enligt en anmälan; bedömningen har inte bekräftats.)",
    en="(By a report; nobody has confirmed it.)",
)
_WITHDRAWN: Final = Sentence(fi="Peruutus", sv="Återtagande", en="Withdrawn")
_NO_LONGER: Final = Sentence(
    fi="Aiempi ilmoitus ei pidä enää paikkaansa: sen perusteena olleet tiedot ovat muuttuneet.",
    sv="Den tidigare anmälan gäller inte längre: de uppgifter som den grundade sig på har ändrats.",
    en="The earlier notice does not hold any more: the facts that it stood on have changed.",
)
_TOLD: Final = Sentence(fi="Mitä on tiedotettu", sv="Vad som har meddelats", en="What was told so far")
_REPORT: Final = Sentence(fi="Ilmoitus", sv="Rapport", en="Report")
