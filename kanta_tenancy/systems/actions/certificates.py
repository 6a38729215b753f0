"""Certificates of conformity: recorded, shown by a document, withdrawn; the one that stands owes its warnings."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec.structs import asdict, replace

from kanta_tenancy import promises
from kanta_tenancy.agreements.exhibits.kinds import LARGEST, kind_of
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording
from kanta_tenancy.systems import checking, history, lifecycle, owing, standing
from kanta_tenancy.systems.errors import CertificateNotFound, CertificateSettled
from kanta_tenancy.systems.lifecycle import RULE
from kanta_tenancy.systems.model import Certificate, Document, InformationSystem, NewCertificate
from kanta_tenancy.systems.store import certificates as store
from kanta_tenancy.systems.store import systems

LARGEST_DOCUMENT: Final = LARGEST


async def record_certificate(
    tx: Transaction, clock: Clock, system_id: UUID, said: NewCertificate, *, version: int
) -> InformationSystem:
    """Record a certificate, or the extension of one. What it takes the place of is warned of no longer.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        SystemMoveNotAllowed: the system was withdrawn.
        SystemRefused: what was said is not acceptable.
        CertificateExists: the system has that certificate already.
    """
    before = await systems.take(tx, system_id, version)
    after = lifecycle.touch(before)
    at = clock.now()
    look = wording.Examination()
    fit = checking.fit(look, checking.certificate(said, day_in_finland(at), look))
    new = Certificate(id=new_id(), recorded_at=at, stands_since=None, turns=0, **asdict(fit))
    after = replace(after, certificates=standing.arranged((*before.certificates, new), at))
    await _save(tx, before, after.certificates)
    await store.add(tx, system_id, next(one for one in after.certificates if one.id == new.id))
    await _owe(tx, before, after, at=at, because="Another certificate has taken its place")
    await systems.save(tx, after)
    await record(tx, history.of_system("certificate_recorded", before, after, at=at, certificate=str(new.id)))
    return after


async def withdraw_certificate(
    tx: Transaction, clock: Clock, system_id: UUID, certificate_id: UUID, *, version: int, because: str
) -> InformationSystem:
    """Say that a certificate does not count: it was recorded by mistake, or its issuer has taken it back.

    The one before it stands again.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        CertificateNotFound: the system has no such certificate.
        CertificateSettled: it was withdrawn already.
        SystemMoveNotAllowed: the system was withdrawn.
        SystemRefused: the reason is none, or cannot be kept.
    """
    before = await systems.take(tx, system_id, version)
    certificate = _of(before, certificate_id)
    after = lifecycle.touch(before)
    at = clock.now()
    gone = replace(certificate, stands_since=None, withdrawn_at=at, withdrawn_because=checking.reason(because))
    known = tuple(gone if one.id == certificate_id else one for one in before.certificates)
    after = replace(after, certificates=standing.arranged(known, at))
    await _save(tx, before, after.certificates)
    await _owe(tx, before, after, at=at, because="The certificate was withdrawn")
    await systems.save(tx, after)
    await record(tx, history.of_system("certificate_withdrawn", before, after, at=at, certificate=str(certificate_id)))
    return after


async def show_certificate(
    tx: Transaction, clock: Clock, system_id: UUID, certificate_id: UUID, *, version: int, name: str, content: bytes
) -> InformationSystem:
    """Keep the file that shows a certificate, once.

    Raises:
        SystemNotFound, SystemChanged: there is none, or not at that version any more.
        CertificateNotFound: the system has no such certificate.
        CertificateSettled: it was withdrawn, or has its document.
        SystemMoveNotAllowed: the system was withdrawn.
        SystemRefused: the file is of no kind that is kept, or its name cannot be shown.
    """
    before = await systems.take(tx, system_id, version)
    certificate = _of(before, certificate_id)
    if certificate.document_sha256 is not None:
        raise CertificateSettled("it has its document already")
    after = lifecycle.touch(before)
    at = clock.now()
    document = _document(name, content, at)
    await store.add_document(tx, certificate_id, document, content)
    shown = replace(certificate, document_name=document.name, document_sha256=document.sha256)
    after = replace(
        after, certificates=tuple(shown if one.id == certificate_id else one for one in before.certificates)
    )
    await systems.save(tx, after)
    act = history.of_system(
        "certificate_shown", before, after, at=at, certificate=str(certificate_id), sha256=document.sha256
    )
    await record(tx, act)
    return after


def _of(system: InformationSystem, certificate_id: UUID) -> Certificate:
    for one in system.certificates:
        if one.id == certificate_id:
            if one.withdrawn_at is not None:
                raise CertificateSettled("it was withdrawn")
            return one
    raise CertificateNotFound(f"the system has no certificate {certificate_id}")


def _document(name: str, content: bytes, at: datetime) -> Document:
    look = wording.Examination()
    shown = look.text("name", wording.name, name, clause=RULE)
    media_type = kind_of(content)
    if media_type is None:
        look.note(
            "", "a PDF, a picture, a Word document without macros, or plain text in UTF-8 is expected", clause=RULE
        )
    sha256 = hashlib.sha256(content).hexdigest()
    return checking.fit(
        look, Document(name=shown, media_type=media_type or "", size=len(content), sha256=sha256, added_at=at)
    )


async def _save(tx: Transaction, before: InformationSystem, after: Iterable[Certificate]) -> None:
    """Write what changed of the certificates that were there; one gives up its place before another takes it."""
    known = {one.id: one for one in before.certificates}
    changed = [one for one in after if one.id in known and known[one.id] != one]
    for one in sorted(changed, key=lambda one: one.stands_since is not None):
        await store.save(tx, one)


async def _owe(
    tx: Transaction, before: InformationSystem, after: InformationSystem, *, at: datetime, because: str
) -> None:
    """Owe the warnings of what has come to stand, and release those of what stands no longer."""
    stood, stands = _standing(before), _standing(after)
    for one in stood.keys() - stands.keys():
        await promises.release(tx, owing.key_of(stood[one]), at=at, because=because)
    for one in stands.keys() - stood.keys():
        await owe_warnings(tx, after, stands[one], at=at)


async def owe_warnings(tx: Transaction, system: InformationSystem, certificate: Certificate, *, at: datetime) -> None:
    """Owe the next warning of a certificate that stands and ends; said again, by the name that its system has now."""
    warned = [each.days_left for each in await store.warnings(tx, certificate.id)]
    due = owing.due_at(certificate, warned)
    if due is not None and certificate.last_day is not None:
        await promises.owe(tx, owing.to_warn(certificate, system.name, certificate.last_day, due=due, at=at))


def _standing(system: InformationSystem) -> dict[UUID, Certificate]:
    return {one.id: one for one in system.certificates if one.stands_since is not None}
