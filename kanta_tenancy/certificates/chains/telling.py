"""That a certificate was revoked is journalled, announced, and told to people at once: what relies on it stops."""

from datetime import datetime
from typing import Final

from kanta_tenancy import parties
from kanta_tenancy.certificates.chains.judging import subject_of
from kanta_tenancy.certificates.chains.model import CertificateRevoked, Revocation, RevocationStatus, Subject, name_of
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, digest_of, record
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function

TOPIC: Final = "certificate.revoked"
_READERS: Final = (Function.TECHNICAL, Function.INFORMATION_SECURITY, Function.ADMINISTRATOR)  # clause 7
_SUBJECT: Final = Sentence(
    fi="Käytössä oleva varmenne on suljettu",
    sv="Ett certifikat i bruk har spärrats",
    en="A certificate in use was revoked",
)
_DO: Final = Sentence(
    fi="Ottakaa uusi varmenne käyttöön heti: muut lakkaavat luottamasta tähän.",
    sv="Ta ett nytt certifikat i bruk genast: andra slutar lita på detta.",
    en="Put a new certificate into use at once: others stop trusting this one.",
)
_CERTIFICATE: Final = Sentence(fi="Varmenne", sv="Certifikat", en="Certificate")
_FINGERPRINT: Final = Sentence(fi="SHA-256", sv="SHA-256", en="SHA-256")
_ANSWER: Final = Sentence(
    fi="Varmentajan vastaus (englanniksi)", sv="Utfärdarens svar (på engelska)", en="What its authority answered"
)


async def journal(tx: Transaction, subject: Subject, before: Revocation | None, said: Revocation, at: datetime) -> None:
    """Journal that a certificate came to another standing; that it was revoked is announced too."""
    act = Act(
        action="certificate.revocation_changed",
        subject=subject_of(subject.id),
        at=at,
        before=None if before is None else digest_of(before),
        after=digest_of(said),
        facts={"status": said.status.value, "before": None if before is None else before.status.value},
    )
    await record(tx, act, announce=_announced(subject, said, at))


async def tell_of_revoked(tx: Transaction, subject: Subject, said: Revocation, at: datetime) -> bool:
    """Tell people that a certificate in use was revoked; of one that is not in use nobody need hear.

    Whoever answers for it hears it, the deputy as well, and so do those who see to what is technical.

    Returns:
        Whether there was anybody to tell.
    """
    if subject.state is not State.IN_USE:
        return False
    people = [*await _named(tx, subject, at), *await readers(tx, _READERS, tenancy_id=None, at=at)]
    once = {one.email.lower(): one for one in reversed(people)}
    await tell(tx, at, [_notice(subject, said, one) for one in once.values()])
    return bool(once)


async def _named(tx: Transaction, subject: Subject, at: datetime) -> list[Recipient]:
    certificate = await inventory.certificate(tx, subject.id)
    ids = [one for one in (certificate.responsible_id, certificate.deputy_id) if one is not None]
    return [
        Recipient(contact_id=one.id, name=one.name, email=one.email, language=one.language)
        for one in await parties.persons(tx, ids, on_day=day_in_finland(at))
    ]


def _announced(subject: Subject, said: Revocation, at: datetime) -> CertificateRevoked | None:
    if said.status is not RevocationStatus.REVOKED or said.revoked_at is None:
        return None
    return CertificateRevoked(
        certificate_id=subject.id, revoked_at=said.revoked_at, in_use=subject.state is State.IN_USE, at=at
    )


def _notice(subject: Subject, said: Revocation, reader: Recipient) -> Notice:
    revoked = said.revoked_at or said.since
    name = name_of(subject.common_name, subject.subject, subject.sha256)
    when = sentence(
        "Varmentaja on sulkenut varmenteen {name} {revoked}.",
        "Utfärdaren spärrade certifikatet {name} {revoked}.",
        "Its authority revoked the certificate {name} on {revoked}.",
        name=name,
        revoked=revoked,
    )
    return Notice(
        key=f"{TOPIC}/{subject.id}/{int(revoked.timestamp())}/{reader.contact_id}",
        to=reader,
        topic=TOPIC,
        subject=_SUBJECT,
        lines=(when, _DO),
        facts=((_CERTIFICATE, name), (_FINGERPRINT, subject.sha256), (_ANSWER, said.because)),
        tenancy_id=None,
        urgent=True,
    )
