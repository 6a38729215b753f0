"""The peer of `reports`: the same endpoint as many would write it, in FastAPI with SQLAlchemy's ORM and asyncpg.

The same tables, indexes and triggers, the same rules: the key is checked, a personal identity code refused, the same
content within minutes is one report, what is open is offered, each entry of the journal is sealed with the one before,
all in one transaction. What follows from a report is computed by our own pure rules, which spares it work. It connects
as the owner, so no row-level security slows it. `report_peer` starts it.
"""

import hashlib
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from hmac import compare_digest
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import DeclarativeBase

from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.case import SaidReport
from kanta_tenancy.disturbances.errors import DisturbanceRefused
from kanta_tenancy.disturbances.store.reports import MOST_SIMILAR, Intake
from kanta_tenancy.kernel.acting import Actor, ActorKind, Scope
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.parties import tokens

OPEN = ("reported", "acknowledged", "planned")
Answer = Literal["yes", "no", "unknown"]

# Of 4, 8 and 16 connections to a process, 4 were the fastest.
engine = create_async_engine(os.environ["FASTAPI_PEER_URL"], pool_size=4, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
clock = SystemClock()
bearer = HTTPBearer()


class Base(DeferredReflection, DeclarativeBase):
    """Rows as they are in the database; what it computes is not read back."""

    __abstract__ = True
    __mapper_args__: ClassVar = {"eager_defaults": False}


class AccessKey(Base):
    __tablename__ = "access_key"


class Contact(Base):
    __tablename__ = "contact"


class Tenancy(Base):
    __tablename__ = "tenancy"


class Disturbance(Base):
    __tablename__ = "disturbance"


class Party(Base):
    __tablename__ = "disturbance_party"


class Report(Base):
    __tablename__ = "disturbance_report"


class Duty(Base):
    __tablename__ = "disturbance_duty"


class Head(Base):
    __tablename__ = "journal_head"


class Entry(Base):
    __tablename__ = "journal_entry"


class Message(Base):
    __tablename__ = "outbox"


class Reporting(BaseModel):
    model_config = ConfigDict(extra="forbid")

    what: str = Field(min_length=1, max_length=4000)
    since: AwareDatetime
    ongoing: bool
    service: str | None = Field(default=None, min_length=1, max_length=40)
    place: Literal["ours", "kanta", "network", "unknown"] = "unknown"
    patient_safety: Answer = "unknown"
    data_protection: Answer = "unknown"
    symptom: str | None = Field(default=None, min_length=1, max_length=2000)
    tried: str | None = Field(default=None, min_length=1, max_length=2000)
    message_ids: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default=[], max_length=50)
    units_hit: int | None = Field(default=None, ge=0, le=1_000_000)
    users_hit: int | None = Field(default=None, ge=0, le=1_000_000)
    contact: str | None = Field(default=None, min_length=1, max_length=200)


class Similar(BaseModel):
    id: UUID
    reference: str
    state: str
    title: str | None
    since: datetime
    system_id: UUID | None
    service: str | None


class TakenIn(BaseModel):
    disturbance_id: UUID
    reference: str
    report_id: UUID
    repeated: bool
    similar: list[Similar]


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.prepare)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def session() -> AsyncGenerator[AsyncSession]:
    async with sessions() as opened, opened.begin():
        yield opened


InSession = Annotated[AsyncSession, Depends(session)]


async def reporter(
    request: Request, db: InSession, given: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]
) -> reporting.Reporter:
    presented = tokens.read(given.credentials)
    key = None if presented is None else await db.get(AccessKey, presented.key_id)
    now = clock.now()
    if presented is None or key is None or not compare_digest(presented.sha256, key.secret_sha256):
        raise HTTPException(401)
    if key.revoked_at is not None or key.expires_at <= now or not await _holds(db, key, now):
        raise HTTPException(401)
    if "disturbances.report" not in key.permissions:
        raise HTTPException(403)
    person = key.contact_id is not None
    return reporting.Reporter(
        scope=Scope(main_connector_id=key.main_connector_id, tenancy_id=key.tenancy_id),
        actor=Actor(
            kind=ActorKind.PERSON if person else ActorKind.SYSTEM,
            name=str(key.contact_id) if person else key.system_name,
            key_id=key.id,
        ),
        request_id=request.headers.get("x-request-id") or str(new_id()),
    )


async def _holds(db: AsyncSession, key: Any, now: datetime) -> bool:
    if key.contact_id is None:
        return True
    contact = await db.get(Contact, key.contact_id)
    return contact is not None and contact.valid_from <= now.date() < (contact.valid_until or date.max)


@app.post("/v1/disturbances", status_code=201)
async def report_disturbance(
    said: Reporting, by: Annotated[reporting.Reporter, Depends(reporter)], db: InSession, response: Response
) -> TakenIn:
    try:
        accepted = reporting.accepted(by, clock, msgspec.convert(said.model_dump(), SaidReport))
    except DisturbanceRefused as refused:
        raise HTTPException(422, str(refused)) from refused
    intake = reporting.prepared(accepted, clock.now())
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_lock_of(intake), 24))))
    kept = await _same(db, intake)
    if kept is None:
        await _write(db, intake)
    found: tuple[UUID, UUID] = (
        (intake.said["disturbance_id"], intake.said["id"]) if kept is None else (kept.disturbance_id, kept.id)
    )
    response.headers["Location"] = f"/v1/disturbances/{found[0]}"
    return TakenIn(
        disturbance_id=found[0],
        reference=found[0].hex[-8:].upper(),
        report_id=found[1],
        repeated=kept is not None,
        similar=[
            Similar.model_validate({**vars(one), "reference": one.id.hex[-8:].upper()})
            for one in await _similar(db, intake, found[0])
        ],
    )


def _lock_of(intake: Intake) -> str:
    return f"{intake.tenancy_id or intake.main_connector_id}{intake.said['content_sha256']}"


async def _same(db: AsyncSession, intake: Intake) -> Any:
    return await db.scalar(
        select(Report)
        .where(
            Report.main_connector_id == intake.main_connector_id,
            Report.holder == (intake.tenancy_id or intake.main_connector_id),
            Report.content_sha256 == bytes.fromhex(intake.said["content_sha256"]),
            Report.reported_at > intake.at - intake.same_within,
        )
        .order_by(Report.reported_at)
        .limit(1)
    )


async def _similar(db: AsyncSession, intake: Intake, other_than: UUID) -> Sequence[Any]:
    if intake.said["service"] is None:
        return []
    asked = select(Disturbance).where(
        Disturbance.main_connector_id == intake.main_connector_id,
        Disturbance.state.in_(OPEN),
        Disturbance.id != other_than,
        or_(Disturbance.system_id == intake.said["system_id"], Disturbance.service == intake.said["service"]),
    )
    if intake.tenancy_id is not None:
        asked = asked.join(
            Party,
            (Party.main_connector_id == Disturbance.main_connector_id) & (Party.disturbance_id == Disturbance.id),
        ).where(Party.tenancy_id == intake.tenancy_id)
    return (await db.scalars(asked.order_by(Disturbance.id.desc()).limit(MOST_SIMILAR))).all()


async def _write(db: AsyncSession, intake: Intake) -> None:
    realm, tenancy_id, at, said = intake.main_connector_id, intake.tenancy_id, intake.at, intake.said
    disturbance_id = said["disturbance_id"]
    db.add(
        Disturbance(
            id=disturbance_id, main_connector_id=realm, tenancy_id=tenancy_id, kind="disturbance", state="reported",
            since=said["since"], service=said["service"], reported_at=at, detected_at=at, version=1,
        )
    )  # fmt: skip
    await db.flush()
    if tenancy_id is not None:
        db.add(Party(main_connector_id=realm, disturbance_id=disturbance_id, tenancy_id=tenancy_id, reported=True))
    told = {name: value for name, value in said.items() if name not in {"content_sha256", "message_ids"}}
    db.add(
        Report(
            **told, main_connector_id=realm, tenancy_id=tenancy_id, reported_at=at,
            content_sha256=bytes.fromhex(said["content_sha256"]), message_ids=list(said["message_ids"]),
        )
    )  # fmt: skip
    db.add_all(
        Duty(
            **{**msgspec.structs.asdict(duty), "explanation": msgspec.to_builtins(duty.explanation)},
            main_connector_id=realm,
        )
        for duty in intake.duties
    )
    await db.flush()
    await _journal(db, intake)
    db.add(
        Message(
            id=intake.message_id, main_connector_id=realm, tenancy_id=tenancy_id, kind=intake.message_kind,
            body=msgspec.to_builtins(intake.message_body), at=at, next_at=at,
        )
    )  # fmt: skip


async def _journal(db: AsyncSession, intake: Intake) -> None:
    chain = intake.tenancy_id or intake.main_connector_id
    head: Any = await db.get(Head, chain, with_for_update=True)
    if head is None:
        head = Head(
            chain=chain, main_connector_id=intake.main_connector_id, tenancy_id=intake.tenancy_id, sequence=0,
            digest=hashlib.sha256(chain.bytes).digest(),
        )  # fmt: skip
        db.add(head)
    number = head.sequence + 1
    head.digest = hashlib.sha256(head.digest + number.to_bytes(8, "big") + intake.entry.encode()).digest()
    head.sequence = number
    db.add(
        Entry(
            chain=chain, sequence=number, main_connector_id=intake.main_connector_id, tenancy_id=intake.tenancy_id,
            at=intake.at, entry=intake.entry, digest=head.digest,
        )
    )  # fmt: skip
