"""Warnings in PostgreSQL. The only module that reads `sql/queries/certificates/warning.sql`."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.certificates.warnings.addressing import Told
from kanta_tenancy.certificates.warnings.model import Concern, Level, OpenPosition, OpenWarning, Warned, WarningState
from kanta_tenancy.certificates.warnings.store.sweeps import OneCertificate
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement


class Put(Record, frozen=True, kw_only=True):
    """A warning as it is put down."""

    certificate_id: UUID
    level: Level
    due_on: date
    ends_on: date
    state: WarningState


class Escalation(Record, frozen=True, kw_only=True):
    next_at: datetime


PUT: Final = statement("certificates/warning.put", Nothing)
CLOSE: Final = statement("certificates/warning.close", Nothing)
TELL_ANEW: Final = statement("certificates/warning.tell_anew", Nothing)
UNTOLD: Final = statement("certificates/warning.untold", Concern)
UNANSWERED: Final = statement("certificates/warning.unanswered", Concern)
ESCALATIONS: Final = statement("certificates/warning.escalations", Escalation)
UNTOLD_ONES: Final = statement("certificates/warning.untold_ones", OneCertificate)
TOLD: Final = statement("certificates/warning.told", Nothing)
OF_CERTIFICATE: Final = statement("certificates/warning.of_certificate", Warned)
OPEN: Final = statement("certificates/warning.open", OpenWarning)
ACKNOWLEDGE: Final = statement("certificates/warning.acknowledge", Nothing)

BEGINNING: Final = OpenPosition(ends_on=date(1, 1, 1), certificate_id=UUID(int=0))


async def put(tx: Transaction, rows: Collection[Put], *, at: datetime) -> None:
    """Put warnings down; one that was released is open again, any other that is there stays as it is."""
    await PUT.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        certificate_ids=[one.certificate_id for one in rows],
        levels=[one.level for one in rows],
        due_ons=[one.due_on for one in rows],
        ends_ons=[one.ends_on for one in rows],
        states=[one.state for one in rows],
        at=at,
    )


async def close(tx: Transaction, ids: Iterable[UUID], state: WarningState, *, at: datetime) -> int:
    """Close what is open of these certificates, as superseded or released."""
    return await CLOSE.run(
        tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(ids), state=state, at=at
    )


async def tell_anew(tx: Transaction, ids: Iterable[UUID]) -> int:
    """Have those told again for which somebody else is responsible than when they were told."""
    return await TELL_ANEW.run(tx, main_connector_id=tx.scope.main_connector_id, certificate_ids=list(ids))


async def untold(tx: Transaction, today: date) -> list[Concern]:
    """Read what people are to be told of and nobody was."""
    return await UNTOLD.all(tx, main_connector_id=tx.scope.main_connector_id, today=today)


async def unanswered(tx: Transaction, now: datetime, today: date) -> list[Concern]:
    """Read what the next people are to be told of, as nobody acknowledged it."""
    return await UNANSWERED.all(tx, main_connector_id=tx.scope.main_connector_id, now=now, today=today)


async def escalations(tx: Transaction) -> list[datetime]:
    """Return at which times the next people are to be told of something."""
    return [one.next_at for one in await ESCALATIONS.all(tx, main_connector_id=tx.scope.main_connector_id)]


async def any_untold(tx: Transaction) -> bool:
    return await UNTOLD_ONES.one(tx, main_connector_id=tx.scope.main_connector_id) is not None


async def told(tx: Transaction, told: Collection[Told[Concern]], *, at: datetime) -> None:
    """Write up to whom each was told, and when the next are."""
    await TOLD.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        certificate_ids=[one.of.certificate_id for one in told],
        levels=[one.of.level for one in told],
        rungs=[one.rung for one in told],
        told_tos=[one.of.responsible_id for one in told],
        next_ats=[one.next_at for one in told],
        at=at,
    )


async def of_certificate(tx: Transaction, certificate_id: UUID) -> list[Warned]:
    """Read everything that was put down of a certificate, in the order in which it was due."""
    return await OF_CERTIFICATE.all(tx, main_connector_id=tx.scope.main_connector_id, certificate_id=certificate_id)


async def page(tx: Transaction, *, before: date, after: OpenPosition | None, count: int) -> list[OpenWarning]:
    """Read a page of open warnings of certificates that end before a day, the most urgent first."""
    begin = after or BEGINNING
    return await OPEN.all(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        before=before,
        after_day=begin.ends_on,
        after_id=begin.certificate_id,
        count=count,
    )


async def acknowledge(tx: Transaction, certificate_id: UUID, level: Level, *, by: str, at: datetime) -> bool:
    """Close a warning that is open; return whether it was."""
    realm = tx.scope.main_connector_id
    return bool(
        await ACKNOWLEDGE.run(tx, main_connector_id=realm, certificate_id=certificate_id, level=level, by=by, at=at)
    )
