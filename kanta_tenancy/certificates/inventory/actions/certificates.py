"""What people say of a certificate, and do with it: described, replaced, retired, snoozed; where it is used."""

from datetime import date
from uuid import UUID

from msgspec.structs import asdict

from kanta_tenancy import parties, systems
from kanta_tenancy.certificates.inventory import checking, history, lifecycle
from kanta_tenancy.certificates.inventory.errors import UseNotFound
from kanta_tenancy.certificates.inventory.model import Certificate, CertificateChanged, Description, NewUse, Use
from kanta_tenancy.certificates.inventory.store import certificates as store
from kanta_tenancy.certificates.inventory.store import uses
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record


async def describe(
    tx: Transaction, clock: Clock, certificate_id: UUID, said: Description, *, version: int
) -> Certificate:
    """Say anew what a certificate is, what it is for, whose it is, and who answers for it.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        TenancyNotFound: there is no such tenancy.
        CertificateRefused: what was said is not acceptable.
    """
    before = await store.take(tx, certificate_id, version)
    fit = checking.description(said)
    if fit.tenancy_id is not None:
        await parties.check_tenancy(tx, fit.tenancy_id)
    today = day_in_finland(clock.now())
    for field, contact_id in (("responsible_id", fit.responsible_id), ("deputy_id", fit.deputy_id)):
        if contact_id is not None:
            await _check_person(tx, field, contact_id, today)
    return await _saved(tx, clock, "described", before, lifecycle.describe(before, fit))


async def replace(
    tx: Transaction, clock: Clock, certificate_id: UUID, *, successor_id: UUID, version: int
) -> Certificate:
    """Say that another certificate took the place of this one; nobody is told of its end any more.

    The successor takes over where this one is used, and what nobody said of itself: its purpose, who answers for it.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: one of the two is not in use.
        CertificateRefused: it is the same one.
    """
    # Both are held, the older first, so that of two who say it the other way round one waits for the other.
    held = {one: await store.take(tx, one) for one in sorted({certificate_id, successor_id})}
    before = await store.take(tx, certificate_id, version)
    at = clock.now()
    after = lifecycle.replaced(before, held[successor_id], at=at)
    await uses.replace(tx, certificate_id, successor_id, at)
    await _succeed(tx, clock, before, held[successor_id])
    return await _saved(tx, clock, "replaced", before, after, successor=str(successor_id))


async def unreplace(tx: Transaction, clock: Clock, certificate_id: UUID, *, version: int) -> Certificate:
    """Take back that a certificate was replaced; it is in use again.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: it was not replaced.
    """
    before = await store.take(tx, certificate_id, version)
    after = lifecycle.unreplaced(before, at=clock.now())
    await uses.unreplace(tx, certificate_id)
    return await _saved(tx, clock, "unreplaced", before, after)


async def retire(tx: Transaction, clock: Clock, certificate_id: UUID, *, because: str, version: int) -> Certificate:
    """Say that nobody uses a certificate any more, and why; nobody is told of its end any more.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: it is not in use.
        CertificateRefused: the reason is not acceptable.
    """
    before = await store.take(tx, certificate_id, version)
    after = lifecycle.retired(before, because=checking.reason(because), at=clock.now())
    return await _saved(tx, clock, "retired", before, after)


async def restore(tx: Transaction, clock: Clock, certificate_id: UUID, *, because: str, version: int) -> Certificate:
    """Say that a certificate that was retired is in use after all, and why.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: it was not retired.
        CertificateRefused: the reason is not acceptable.
    """
    before = await store.take(tx, certificate_id, version)
    after = lifecycle.restored(before, because=checking.reason(because), at=clock.now())
    return await _saved(tx, clock, "restored", before, after)


async def snooze(
    tx: Transaction, clock: Clock, certificate_id: UUID, *, until: date, because: str, version: int
) -> Certificate:
    """Say that nobody is told of a certificate up to a day, and why.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: it is not in use.
        CertificateRefused: the day or the reason is not acceptable.
    """
    before = await store.take(tx, certificate_id, version)
    after = lifecycle.snoozed(before, until=until, because=checking.reason(because), at=clock.now())
    return await _saved(tx, clock, "snoozed", before, after, until=until.isoformat())


async def unsnooze(tx: Transaction, clock: Clock, certificate_id: UUID, *, version: int) -> Certificate:
    """Say that people are told of a certificate again.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        CertificateMoveNotAllowed: it is not in use, or people are told of it.
    """
    before = await store.take(tx, certificate_id, version)
    return await _saved(tx, clock, "unsnoozed", before, lifecycle.unsnoozed(before))


async def add_use(tx: Transaction, clock: Clock, certificate_id: UUID, said: NewUse, *, version: int) -> Certificate:
    """Say where a certificate is used: on which system, host or access point, from which day on.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        SystemNotFound: there is no such system.
        CertificateRefused: what was said is not acceptable.
    """
    before = await store.take(tx, certificate_id, version)
    fit = checking.use(said)
    if fit.system_id is not None:
        await systems.system(tx, fit.system_id)
    use = Use(id=new_id(), certificate_id=certificate_id, **asdict(fit))
    await uses.add(tx, use)
    return await _saved(tx, clock, "use_added", before, lifecycle.touch(before), use=str(use.id))


async def end_use(
    tx: Transaction, clock: Clock, certificate_id: UUID, use_id: UUID, *, until: date, version: int
) -> Certificate:
    """Say until when, exclusive, a certificate is used somewhere; one that ends on its first day never was.

    Raises:
        CertificateNotFound, CertificateChangedSince: there is none, or not at that version any more.
        UseNotFound: the certificate is not used there.
        CertificateRefused: the day is before the first one.
    """
    before = await store.take(tx, certificate_id, version)
    use = next((one for one in await uses.of_certificate(tx, certificate_id) if one.id == use_id), None)
    if use is None:
        raise UseNotFound(f"the certificate has no place of use {use_id}")
    await uses.end(tx, use_id, checking.last_day(use.since, until))
    return await _saved(
        tx, clock, "use_ended", before, lifecycle.touch(before), use=str(use_id), until=until.isoformat()
    )


async def _succeed(tx: Transaction, clock: Clock, before: Certificate, successor: Certificate) -> None:
    there = await uses.of_certificate(tx, successor.id)
    of = await uses.of_certificate(tx, before.id)
    for one in lifecycle.uses_taken_over(of, there, day_in_finland(clock.now())):
        await uses.add(tx, Use(id=new_id(), certificate_id=successor.id, **asdict(one)))
    after = lifecycle.succeeded(successor, before)
    await _saved(tx, clock, "succeeded", successor, after, replaced=str(before.id))


async def _check_person(tx: Transaction, field: str, contact_id: ContactId, today: date) -> None:
    """Refuse a person who is no contact of the main connector, or is none any more."""
    own = await parties.main_connector(tx)
    try:
        person = await parties.find_contact(tx, own.organisation_id, contact_id)
    except parties.ContactNotFound:
        checking.refuse_person(field, "a contact of the main connector is expected")
    else:
        if person.valid_until is not None and person.valid_until <= today:
            checking.refuse_person(field, f"this person is no contact since {person.valid_until.isoformat()}")


async def _saved(
    tx: Transaction, clock: Clock, done: str, before: Certificate, after: Certificate, **facts: str | int | None
) -> Certificate:
    await store.save(tx, after)
    at = clock.now()
    told = CertificateChanged(certificate_id=after.id, done=done, at=at)
    await record(tx, history.of_certificate(done, before, after, at=at, **facts), announce=told)
    return after
