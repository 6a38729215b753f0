"""The days on which certificates lapse, as a calendar shows them: an entry for each day that has any. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from kanta_tenancy.certificates.exports.model import Ending
from kanta_tenancy.certificates.inventory.kinds import kinds
from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import Entry

RULE: Final = "K7"
_MOST: Final = 50  # certificates that an entry names


def entries(endings: Iterable[Ending]) -> list[Entry]:
    """Return an entry for each day, from certificates by their end."""
    days = groupby(endings, key=lambda one: day_in_finland(one.not_after))
    return [_entry(day, list(lapsing)) for day, lapsing in days]


def called(kind: str, name: str) -> Sentence:
    """Return what a certificate is called outside of the service: by its kind alone where its name is a person's."""
    known = kinds().get(kind)
    if known is not None and known.of_person:
        return known.name
    shown = Sentence(fi=kind, sv=kind, en=kind) if known is None else known.name
    return Sentence(fi=f"{name} ({shown.fi})", sv=f"{name} ({shown.sv})", en=f"{name} ({shown.en})")


def _entry(day: date, lapsing: Sequence[Ending]) -> Entry:
    return Entry(
        uid=f"certificates-{day.isoformat()}",
        summary=_summary(lapsing),
        description=_description(lapsing),
        on=day,
        rule=RULE,
        changed_at=max(one.changed_at for one in lapsing),
    )


def _summary(lapsing: Sequence[Ending]) -> Sentence:
    if len(lapsing) == 1:
        one = called(lapsing[0].kind, lapsing[0].name)
        return Sentence(
            fi=f"Varmenne vanhenee: {one.fi}", sv=f"Certifikat går ut: {one.sv}", en=f"Certificate lapses: {one.en}"
        )
    return sentence(
        "Varmenteita vanhenee: {number}",
        "Certifikat som går ut: {number}",
        "Certificates that lapse: {number}",
        number=len(lapsing),
    )


def _description(lapsing: Sequence[Ending]) -> Sentence:
    named = [(one, called(one.kind, one.name)) for one in lapsing[:_MOST]]
    more = sentence("ja muita: {more}", "och andra: {more}", "and others: {more}", more=len(lapsing) - len(named))

    def said(language: Language) -> str:
        lines = [f"{one.not_after.astimezone(HELSINKI):%H:%M} {name.said_in(language)}" for one, name in named]
        return "\n".join([*lines, more.said_in(language)] if len(lapsing) > len(named) else lines)

    return Sentence(fi=said(Language.FINNISH), sv=said(Language.SWEDISH), en=said(Language.ENGLISH))
