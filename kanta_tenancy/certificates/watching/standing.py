"""How sources of certificates and the watch itself stand (K7: a watch that is blind says so). Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.findings.model import Finding
from kanta_tenancy.certificates.inventory.model import SourceKind
from kanta_tenancy.certificates.watching import owing
from kanta_tenancy.certificates.watching.model import Overdue, SourceStanding
from kanta_tenancy.certificates.watching.rhythm import Rhythm
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.severity import Severity

SOURCES: Final = "source"  # the family of what is wrong with where certificates come from
ITSELF: Final = "watch"  # and of what is wrong with the watch
_SOURCE: Final = "K7; this service's own choice"
_WHOLE: Final = 100


def subject_of(source_id: UUID) -> str:
    return f"certificate_source/{source_id}"


def of_source(source: SourceStanding, rhythm: Rhythm, at: datetime) -> Iterator[Finding]:
    """Tell what is wrong with a source that somebody reads."""
    if source.trouble is not None:
        yield _of_source(source, "unread", Severity.ERROR, _unread(source), trouble=source.trouble)
    due = _due(source)
    if due is not None and due + rhythm.late_after < at:
        yield _of_source(source, "late", Severity.ERROR, _late(source, due), due=due.isoformat())
    if source.most is not None and shrank(source, rhythm):
        facts = {"most": source.most, "certificates": source.certificates}
        yield _of_source(source, "shrank", Severity.WARNING, _shrank(source, source.most), **facts)


def shrank(source: SourceStanding, rhythm: Rhythm) -> bool:
    """Tell whether an import has fewer certificates than it had, by more than is usual."""
    most = source.most or 0
    return source.kind is SourceKind.IMPORT and source.certificates * _WHOLE < most * (
        _WHOLE - rhythm.shrunk_by_percent
    )


def of_watch(
    main_connector_id: UUID, overdue: Sequence[Overdue], still: tuple[datetime, datetime] | None
) -> Iterator[Finding]:
    """Tell what is wrong with the watch itself.

    Args:
        overdue: what the service owes it and has not done, one of a kind.
        still: from when to when it had stood still, when that was not long ago.
    """
    for one in overdue:
        rule, said = ("given_up", _given_up(one)) if one.given_up else ("overdue", _overdue(one))
        facts = {"kind": one.kind, "since": one.since.isoformat()}
        yield Finding(
            rule=f"{ITSELF}.{rule}",
            severity=Severity.ERROR,
            source=_SOURCE,
            subject=kind_subject(one.kind),
            sentence=said,
            facts=facts,
        )
    if still is not None:
        yield Finding(
            rule=f"{ITSELF}.stood_still",
            severity=Severity.WARNING,
            source=_SOURCE,
            subject=owing.round_subject(main_connector_id),
            sentence=_stood_still(*still),
            facts={"from": still[0].isoformat(), "until": still[1].isoformat()},
        )


def kind_subject(kind: str) -> str:
    return f"promise_kind/{kind}"


def _due(source: SourceStanding) -> datetime | None:
    """Return when a source should have been read again; None: nobody promised to."""
    if source.read_every_hours is None:
        return None
    return (source.last_read_at or source.created_at) + timedelta(hours=source.read_every_hours)


def _of_source(
    source: SourceStanding, rule: str, severity: Severity, said: Sentence, **facts: str | int | None
) -> Finding:
    return Finding(
        rule=f"{SOURCES}.{rule}",
        severity=severity,
        source=_SOURCE,
        subject=subject_of(source.id),
        sentence=said,
        facts={"name": source.name, **facts},
    )


def _unread(source: SourceStanding) -> Sentence:
    return sentence(
        "Varmenteiden lähdettä {name} ei voitu lukea, tai ei kokonaan.",
        "Certifikatkällan {name} kunde inte läsas, eller inte i sin helhet.",
        "The source of certificates {name} could not be read, or not all of it.",
        name=source.name,
    )


def _late(source: SourceStanding, due: datetime) -> Sentence:
    return sentence(
        "Varmenteiden lähde {name} piti lukea viimeistään {due}, eikä sitä ole luettu.",
        "Certifikatkällan {name} skulle läsas senast {due} och har inte lästs.",
        "The source of certificates {name} should have been read by {due} and was not.",
        name=source.name,
        due=due,
    )


def _shrank(source: SourceStanding, most: int) -> Sentence:
    return sentence(
        "Varmenteiden lähteessä {name} on {certificates} varmennetta; niitä oli {most}.",
        "Certifikatkällan {name} har {certificates} certifikat; den hade {most}.",
        "The source of certificates {name} has {certificates} certificates; it had {most}.",
        name=source.name,
        certificates=source.certificates,
        most=most,
    )


def _overdue(one: Overdue) -> Sentence:
    due = sentence("{at}", "{at}", "{at}", at=one.since)
    return Sentence(
        fi=f"Varmenteiden valvonta on myöhässä. {one.title.fi}: määräaika oli {due.fi}.",
        sv=f"Övervakningen av certifikat är försenad. {one.title.sv}: tidsgränsen var {due.sv}.",
        en=f"The watch of certificates is late. {one.title.en}: this was due on {due.en}.",
    )


def _given_up(one: Overdue) -> Sentence:
    due = sentence("{at}", "{at}", "{at}", at=one.since)
    return Sentence(
        fi=f"Palvelu ei enää yritä osaa varmenteiden valvonnasta. {one.title.fi}: määräaika oli {due.fi}.",
        sv="Tjänsten försöker inte längre utföra en del av övervakningen av certifikat."
        f" {one.title.sv}: tidsgränsen var {due.sv}.",
        en=f"The service has given up a part of the watch of certificates. {one.title.en}: this was due on {due.en}.",
    )


def _stood_still(since: datetime, until: datetime) -> Sentence:
    return sentence(
        "Varmenteiden valvonta pysähtyi {since} ja jatkui {until}.",
        "Övervakningen av certifikat stannade {since} och återupptogs {until}.",
        "The watch of certificates stood still from {since} to {until}.",
        since=since,
        until=until,
    )
