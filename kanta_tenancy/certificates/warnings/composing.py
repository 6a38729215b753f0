"""What a digest says: each certificate in a line, the most urgent first, what is amiss, how to acknowledge it. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.chains.model import name_of
from kanta_tenancy.certificates.findings import KeptFinding
from kanta_tenancy.certificates.impact.model import Reach
from kanta_tenancy.certificates.impact.telling import in_short
from kanta_tenancy.certificates.inventory.kinds import OTHER, kinds
from kanta_tenancy.certificates.inventory.model import Certificate
from kanta_tenancy.certificates.orders.model import ListedOrder
from kanta_tenancy.certificates.warnings import thresholds, wording
from kanta_tenancy.certificates.warnings.addressing import Addressed
from kanta_tenancy.certificates.warnings.model import Amiss, Concern, Digest
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.kernel.severity import Severity

MOST_CERTIFICATES: Final = 30  # in one mail; more are counted
MOST_FINDINGS: Final = 20
NUMBER: Final = Sentence(fi="Koosteen tunnus", sv="Sammandragets nummer", en="Number of the digest")
RULE_LABEL: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")
_ENDED: Final = Sentence(fi="Varmenteita on vanhentunut", sv="Certifikat har löpt ut", en="Certificates have expired")
_SOON: Final = Sentence(fi="Varmenteita vanhenee pian", sv="Certifikat löper snart ut", en="Certificates expire soon")
_RENEW: Final = Sentence(
    fi="Varmenteita on uusittava", sv="Certifikat ska förnyas", en="Certificates are to be renewed"
)
_AMISS: Final = Sentence(
    fi="Varmenteissa on korjattavaa", sv="Det finns brister i certifikat", en="Something is amiss with certificates"
)


_TRUSTED: Final = Sentence(
    fi="Allekirjoituksiin luotetaan sen perusteella: ladatkaa varmentajan uusi varmenne myös luotettuihin.",
    sv="Underskrifter är betrodda genom det: läs in utfärdarens nya certifikat också bland de betrodda.",
    en="Signatures are trusted by it: load the authority's new certificate among those that are trusted, too.",
)


class Known(Record, frozen=True, kw_only=True):
    """What is told of the certificates and findings that a digest names."""

    certificates: Mapping[UUID, Certificate]
    reaches: Mapping[UUID, Reach]
    orders: Mapping[UUID, ListedOrder]  # by which some of them are being replaced
    issued: Mapping[str, int]  # by an authority, by the SHA-256 of its certificate
    trusted: Collection[str]  # to which signatures may lead, by their SHA-256
    findings: Mapping[UUID, KeptFinding]


def named_in(addressed: Addressed) -> tuple[Sequence[Concern], Sequence[Amiss]]:
    """Return which warnings and findings a digest names; the others it counts."""
    amiss = sorted(addressed.amiss, key=lambda one: one.severity is not Severity.ERROR)
    return addressed.concerns[:MOST_CERTIFICATES], amiss[:MOST_FINDINGS]


def is_urgent(addressed: Addressed, today: date) -> bool:
    """Say whether a digest is told at once, in a mail of its own."""
    return any(one.severity is Severity.ERROR for one in addressed.amiss) or any(
        thresholds.patience_on(today, (one.ends_on - today).days).urgent for one in addressed.concerns
    )


def subject(addressed: Addressed, today: date) -> Sentence:
    """Say what a digest is about, without naming anything."""
    if not addressed.concerns:
        return _AMISS
    first = addressed.concerns[0].ends_on
    if first < today:
        return _ENDED
    return _SOON if thresholds.patience_on(today, (first - today).days).urgent else _RENEW


def lines(addressed: Addressed, digest: Digest, known: Known, *, now: datetime) -> tuple[Sentence, ...]:
    today = day_in_finland(now)
    return (
        *_of_certificates(addressed, known, today=today, now=now),
        *_of_findings(addressed, known),
        _answering(digest),
    )


def _of_certificates(addressed: Addressed, known: Known, *, today: date, now: datetime) -> Iterator[Sentence]:
    named, _ = named_in(addressed)
    for concern in named:
        certificate = known.certificates.get(concern.certificate_id)
        if certificate is not None and certificate.not_after is not None:
            yield _joined(_of_one(concern, certificate, certificate.not_after, known, today=today, now=now))
    more = len(addressed.concerns) - len(named)
    if more:
        yield sentence(
            "Lisäksi varmenteita, jotka vanhenevat myöhemmin: {more}. Ne ovat samassa koosteessa.",
            "Dessutom certifikat som löper ut senare: {more}. De hör till samma sammandrag.",
            "Certificates that end later than these: {more} more. They are in the same digest.",
            more=more,
        )


def _of_one(
    concern: Concern, certificate: Certificate, not_after: datetime, known: Known, *, today: date, now: datetime
) -> Iterator[Sentence]:
    kind = kinds().get(certificate.kind) or kinds()[OTHER]
    name = name_of(certificate.common_name, certificate.subject, certificate.sha256)
    yield wording.ends(name, kind.name, not_after, concern.ends_on, today=today, now=now)
    if concern.told_at is not None:
        yield _unanswered(concern.told_at)
    delivery = thresholds.delivery_on(today, certificate.profile)
    order = known.orders.get(certificate.id)
    yield wording.to_do(not_after, concern.ends_on, delivery, order, today=today, now=now)
    issued = known.issued.get(certificate.sha256, 0)
    if issued:
        yield sentence(
            "Sen myöntämiä varmenteita on käytössä {issued}; niihin ei luoteta sen jälkeen.",
            "Certifikat i bruk som det har utfärdat: {issued}; de är inte betrodda efter det.",
            "Certificates in use that it issued: {issued}; they are not trusted after that.",
            issued=issued,
        )
    if certificate.sha256 in known.trusted:
        yield _TRUSTED
    reach = known.reaches.get(certificate.id)
    if reach is not None and not certificate.authority:
        yield in_short(reach)


def _of_findings(addressed: Addressed, known: Known) -> Iterator[Sentence]:
    _, named = named_in(addressed)
    found = [(one, known.findings[one.finding_id]) for one in named if one.finding_id in known.findings]
    for amiss, one in found:
        unverified = () if one.certainty is Certainty.READ else (_UNVERIFIED,)
        unanswered = () if amiss.told_at is None else (_unanswered(amiss.told_at),)
        yield _joined((_MARKS[one.severity], one.sentence, *unverified, *unanswered))
    more = len(addressed.amiss) - len(found)
    if more:
        yield sentence(
            "Lisäksi muita havaintoja: {more}. Ne ovat havaintojen luettelossa.",
            "Dessutom andra brister: {more}. De finns i förteckningen över brister.",
            "Other findings: {more} more. They are in the list of findings.",
            more=more,
        )


def _unanswered(told_at: datetime) -> Sentence:
    return sentence(
        "Kukaan ei ole kuitannut varoitusta, joka annettiin {at}.",
        "Ingen har kvitterat varningen som gavs {at}.",
        "Nobody has acknowledged the warning of {at}.",
        at=told_at,
    )


def _answering(digest: Digest) -> Sentence:
    return sentence(
        "Kuitatkaa kooste, kun huolehditte asiasta: muuten siitä kerrotaan seuraavalle vuorossa olevalle. Komento:"
        " kanta-tenancy certificates acknowledge --digest {digest}",
        "Kvittera sammandraget när du tar hand om saken: annars meddelas nästa person i ordningen. Kommando:"
        " kanta-tenancy certificates acknowledge --digest {digest}",
        "Acknowledge the digest when you see to it: otherwise others are told. Command: kanta-tenancy certificates"
        " acknowledge --digest {digest}",
        digest=str(digest.id),
    )


_MARKS: Final = {
    Severity.ERROR: Sentence(fi="Virhe:", sv="Fel:", en="Error:"),
    Severity.WARNING: Sentence(fi="Huomautus:", sv="Anmärkning:", en="Warning:"),
}
_UNVERIFIED: Final = Sentence(fi="(vahvistamaton tieto)", sv="(obekräftad uppgift)", en="(unverified)")


def _joined(parts: Iterable[Sentence]) -> Sentence:
    said = list(parts)
    return Sentence(
        fi=" ".join(one.fi for one in said), sv=" ".join(one.sv for one in said), en=" ".join(one.en for one in said)
    )
