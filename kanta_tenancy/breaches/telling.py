"""What people read of a breach in a mail: what has come, how long there is, what is not decided yet. Pure."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.lifecycle import RULE
from kanta_tenancy.breaches.model import Breach, Help, HelpState, Report
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.messages import Notice, Recipient
from kanta_tenancy.parties import Function

REMINDER: Final = "breach.reminder"
REPORTED: Final = "breach.reported"
HELPING: Final = "breach.help"
# Who reads a party's post about breaches: the first of these functions that somebody has.
READERS: Final = (
    Function.DATA_PROTECTION_OFFICER,
    Function.INFORMATION_SECURITY,
    Function.DISTURBANCES,
    Function.AGREEMENTS,
    Function.ADMINISTRATOR,
)
_RECORDED: Final = Sentence(
    fi="Henkilötietojen tietoturvaloukkaus on kirjattu",
    sv="En personuppgiftsincident har antecknats",
    en="A personal data breach was recorded",
)
_RUNNING: Final = Sentence(
    fi="Tietoturvaloukkauksen ilmoitusaika kuluu",
    sv="Tiden för att anmäla en personuppgiftsincident löper",
    en="The time to notify a personal data breach is running",
)
_OVER: Final = Sentence(
    fi="Tietoturvaloukkauksen ilmoitusaika on päättynyt",
    sv="Tiden för att anmäla en personuppgiftsincident har gått ut",
    en="The time to notify a personal data breach is over",
)
_UNDECIDED: Final = Sentence(
    fi="Riskistä ei ole vielä päätetty. Jos riski on epätodennäköinen, kirjatkaa päätös ja sen perustelu: silloin"
    " ilmoitusta ei tarvita.",
    sv="Ingen har ännu fattat beslut om risken. Är en risk osannolik, anteckna beslutet och grunden för det: då behövs"
    " ingen anmälan.",
    en="Nobody has decided on the risk yet. Where a risk is unlikely, put down the decision and its ground: then no"
    " notice is needed.",
)
_LATE: Final = Sentence(
    fi="Tehkää ilmoitus nyt ja kirjatkaa, miksi se on myöhässä. Puuttuvat tiedot voi antaa vaiheittain.",
    sv="Gör anmälan nu och anteckna varför den är försenad. Uppgifter som saknas kan lämnas i etapper.",
    en="Give the notice now, and put down why it is late. What is missing can follow in phases.",
)
_PHASES: Final = Sentence(
    fi="Kaikkea ei tarvitse tietää: ilmoituksen voi antaa vaiheittain.",
    sv="Allt behöver inte vara känt: anmälan kan lämnas i etapper.",
    en="Not everything has to be known: the notice can be given in phases.",
)
_OUTSIDE: Final = Sentence(
    fi="Tiedot eivät ole omassa rekisterissänne: kertokaa tietoturvaloukkauksesta viipymättä rekisterinpitäjälle.",
    sv="Uppgifterna finns inte i ert eget register: underrätta utan dröjsmål den personuppgiftsansvarige.",
    en="The data is not of a register of your own: tell its controller without delay.",
)
_A_TENANT_REPORTED: Final = Sentence(
    fi="Vuokralainen on ilmoittanut henkilötietojen tietoturvaloukkauksesta",
    sv="En hyresgäst har meddelat en personuppgiftsincident",
    en="A tenant has reported a personal data breach",
)
_NOBODY_THERE: Final = Sentence(
    fi="Vuokralaisella ei ole ketään, jolle tästä voisi kertoa: ottakaa siihen yhteyttä muulla tavalla.",
    sv="Hyresgästen har ingen som kan underrättas om detta: kontakta den på annat sätt.",
    en="The tenant has nobody who could be told of this: reach it by another way.",
)
_HELP: Final = {
    HelpState.ASKED: Sentence(
        fi="Apua pyydetään tietoturvaloukkauksen selvittämiseen",
        sv="Hjälp begärs för att utreda en personuppgiftsincident",
        en="Help with a personal data breach is asked for",
    ),
    HelpState.ANSWERED: Sentence(
        fi="Avunpyyntöön on vastattu", sv="En begäran om hjälp har besvarats", en="A request for help was answered"
    ),
    HelpState.TAKEN_BACK: Sentence(
        fi="Avunpyyntö on peruttu", sv="En begäran om hjälp har återtagits", en="A request for help was taken back"
    ),
}
_ANSWER: Final = Sentence(
    fi="Avatkaa pyyntö palvelussa: sen teksti ei ole tässä viestissä.",
    sv="Öppna begäran i tjänsten: dess text finns inte i detta meddelande.",
    en="Open the request in the service: its text is not in this message.",
)
_TITLE: Final = Sentence(fi="Otsikko", sv="Rubrik", en="Title")
_ID: Final = Sentence(fi="Tunnus", sv="Identifierare", en="Identifier")
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")


def reminders(
    breach: Breach, case: Case, *, turn: int, hours: int, people: Sequence[Recipient], unreachable: bool
) -> list[Notice]:
    """Return what people are told so many hours after awareness.

    Args:
        unreachable: they are the main connector's people, told because the tenant has nobody.
    """
    lines = (*_lines(case, hours), *((_NOBODY_THERE,) if unreachable else ()))
    return [
        Notice(
            key=f"{REMINDER}/{breach.id}/{turn}/{hours}/{person.contact_id}",
            to=person,
            topic=REMINDER,
            subject=_subject(case, hours),
            lines=lines,
            facts=((_TITLE, breach.title), (_ID, str(breach.id)), (_RULE, RULE)),
            tenancy_id=breach.tenancy_id,
            urgent=True,
        )
        for person in people
    ]


def reported(report: Report, people: Sequence[Recipient]) -> list[Notice]:
    """Return what the main connector's people are told of a tenant's report (clause 4.2)."""
    line = sentence(
        "Vuokralainen havaitsi sen {found}.",
        "Hyresgästen upptäckte den {found}.",
        "The tenant found it on {found}.",
        found=report.found_at,
    )
    return [
        Notice(
            key=f"{REPORTED}/{report.id}/{person.contact_id}",
            to=person,
            topic=REPORTED,
            subject=_A_TENANT_REPORTED,
            lines=(line,),
            facts=((_TITLE, report.title), (_ID, str(report.id)), (_RULE, RULE)),
            tenancy_id=report.tenancy_id,
            urgent=True,
        )
        for person in people
    ]


def helping(asked: Help, state: HelpState, people: Sequence[Recipient], *, by: UUID) -> list[Notice]:
    """Return what people are told of a request for help.

    Args:
        by: the message that it is told for, since a request can be answered several times.
    """
    line = sentence(
        "Vastausta toivotaan viimeistään {by}.",
        "Svar önskas senast {by}.",
        "An answer is wanted by {by}.",
        by=asked.wanted_by,
    )
    return [
        Notice(
            key=f"{HELPING}/{by}/{person.contact_id}",
            to=person,
            topic=HELPING,
            subject=_HELP[state],
            lines=(line, _ANSWER) if state is HelpState.ASKED else (_ANSWER,),
            facts=((_ID, str(asked.id)), (_RULE, RULE)),
            tenancy_id=asked.tenancy_id,
            urgent=state is HelpState.ASKED,
        )
        for person in people
    ]


def _subject(case: Case, hours: int) -> Sentence:
    if hours == 0 or case.awareness is None:
        return _RECORDED
    return _OVER if hours >= _all_hours(case) else _RUNNING


def _lines(case: Case, hours: int) -> tuple[Sentence, ...]:
    due = case.authority_due_at
    if due is None:
        return (_OUTSIDE,)
    limit = sentence(
        "Ilmoitus tietosuojavaltuutetulle on tehtävä viimeistään {due}, 72 tuntia siitä, kun rekisterinpitäjä sai"
        " tiedon.",
        "Anmälan till dataombudsmannen ska göras senast {due}, 72 timmar efter att den personuppgiftsansvarige fick"
        " vetskap.",
        "The Data Protection Ombudsman is to be notified by {due}, 72 hours after the controller became aware.",
        due=due,
    )
    left = _all_hours(case) - hours
    if left <= 0:
        return (limit, _LATE)
    remaining = sentence("Aikaa on {left} tuntia.", "Det återstår {left} timmar.", "{left} hours are left.", left=left)
    return (limit, remaining, *((_UNDECIDED,) if case.decision is None else ()), _PHASES)


def _all_hours(case: Case) -> int:
    aware_at = None if case.awareness is None else case.awareness.aware_at
    return 0 if aware_at is None else breach_clock.clock_on(day_in_finland(aware_at)).hours
