"""Makes the offers of running campaigns: by any instance, side by side, each once, wherever it was interrupted."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final

import structlog

from kanta_tenancy import parties
from kanta_tenancy.agreements import history, lifecycle, owing
from kanta_tenancy.agreements.campaigns import actions, judging, reminding, store
from kanta_tenancy.agreements.campaigns.lifecycle import RowMove, after_failure
from kanta_tenancy.agreements.campaigns.model import Campaign, CampaignStatus, Claimed, Ground, Obstacle, Reason
from kanta_tenancy.agreements.drafting import actions as agreements
from kanta_tenancy.agreements.drafting import completeness, documents, offering
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged, AnotherAgreement
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.models import actions as models
from kanta_tenancy.agreements.models.errors import ModelNotFound
from kanta_tenancy.agreements.store import agreements as agreement_store
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import DomainError
from kanta_tenancy.kernel.identifiers import AgreementId, MainConnectorId, TenancyId, new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.attempt import attempt
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import TheParties
from kanta_tenancy.promises import owe

LEASE: Final = timedelta(seconds=60)  # at least; what a killed instance had claimed waits so long
BATCH: Final = 100  # rows of a campaign that are claimed at once
HAND: Final = 25  # of those, how many are prepared together: few enough that their ground does not move meanwhile
SIDE_BY_SIDE: Final = 4  # half of the pool stays free

# What a rule can still say when the offer is made, after it said nothing when it was prepared.
_SKIPPED: Final[Mapping[type[DomainError], Reason]] = {
    AnotherAgreement: Reason.OFFER_OPEN,
    EvidenceMissing: Reason.EVIDENCE_MISSING,
    ModelNotFound: Reason.LANGUAGE_LACKING,
}

log: Final = structlog.get_logger("kanta_tenancy.campaigns")


class Prepared(Record, frozen=True, kw_only=True):
    """What some rows of one campaign need, read at once."""

    campaign: Campaign
    day: date
    languages: frozenset[Language]
    models: Mapping[Language, models.Model]
    grounds: Mapping[TenancyId, Ground]
    both: Mapping[TenancyId, TheParties]


class Offering(Record, frozen=True, kw_only=True):
    """An offer to one tenant, worked out and not made yet."""

    ground: Ground
    draft: Agreement
    plan: agreements.OfferPlan


async def work(db: Database, clock: Clock, *, batch: int = BATCH, hand: int = HAND, lease: timedelta = LEASE) -> int:
    """Make every offer whose day has come, of every running campaign; safe on many instances.

    Draft, offer, reminders and the mark of the row commit together, so whatever is killed when, a tenant has one offer
    of a campaign or none. A row that a rule refuses is skipped and says why. One that fails in another way is tried
    again after 5, 10, 20 and 40 seconds and then has failed; the others go on meanwhile.

    Returns:
        How many rows this run settled.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: the database is away or has no
            connection left; whatever was claimed waits until its lease has run out.
    """
    run = _Run(db, clock, batch=batch, hand=hand, lease=lease)
    lanes = await asyncio.gather(*(run.work() for _ in range(SIDE_BY_SIDE)), return_exceptions=True)
    for lane in lanes:
        if isinstance(lane, BaseException):
            raise lane
    for ended in await store.exhausted(db):
        async with db.transaction(_caller(ended.main_connector_id)) as tx:
            if await actions.finish(tx, clock, ended.id):
                log.info("campaign done", campaign=str(ended.id))
    return run.settled


class _Step:
    """Where the work on a row has come to."""

    __slots__ = ("at_the_row",)

    def __init__(self) -> None:
        self.at_the_row = False  # what fails then is the row's failure, not that of the way to the database


class _Run:
    """One waking: claims rows batch by batch and hands them, some at a time, to lanes that work side by side."""

    def __init__(self, db: Database, clock: Clock, *, batch: int, hand: int, lease: timedelta) -> None:
        self.settled = 0
        self._db = db
        self._clock = clock
        self._batch = batch
        self._hand = hand
        self._lease = lease
        self._hands: deque[Sequence[Claimed]] = deque()
        self._claiming = asyncio.Lock()
        self._exhausted = False

    async def work(self) -> None:
        while (claims := await self._next()) is not None:
            await self._work_on(claims)

    async def _next(self) -> Sequence[Claimed] | None:
        async with self._claiming:
            if not self._hands and not self._exhausted:
                self._exhausted = True  # also when the question fails: the other lanes need not ask again
                found = await store.claim(self._db, self._clock.now(), lease=self._lease, batch=self._batch)
                found.sort(key=lambda claim: (claim.campaign_id, claim.tenancy_id))
                for _, of_campaign in groupby(found, key=lambda claim: claim.campaign_id):
                    claims = list(of_campaign)
                    self._hands.extend(claims[at : at + self._hand] for at in range(0, len(claims), self._hand))
                self._exhausted = not found
        return self._hands.popleft() if self._hands else None

    async def _work_on(self, claims: Sequence[Claimed]) -> None:
        prepared = await self._prepare(claims)
        for claim in claims:
            step = _Step()
            done = await attempt(self._settle(prepared, claim, step))
            failure = done.failure
            if failure is not None and step.at_the_row:
                await self._write_down(claim, failure)
            elif done.result():
                self.settled += 1

    async def _prepare(self, claims: Sequence[Claimed]) -> Prepared:
        tenancies = [claim.tenancy_id for claim in claims]
        day = day_in_finland(self._clock.now())
        async with self._db.transaction(_caller(claims[0].main_connector_id)) as tx:
            campaign = await store.find(tx, claims[0].campaign_id)
            name, version = campaign.model, campaign.model_version
            languages = await models.languages(tx, name, version)
            return Prepared(
                campaign=campaign,
                day=day,
                languages=languages,
                models={one: await models.load(tx, name, version, one) for one in languages},
                grounds=await store.grounds(tx, tenancies, day),
                both=await parties.the_parties_of_many(tx, tenancies, on_day=day),
            )

    async def _settle(self, prepared: Prepared, claim: Claimed, step: _Step) -> bool:
        """Make one offer, or put down why there is none; return whether the row is settled."""
        at = self._clock.now()
        if prepared.campaign.status is not CampaignStatus.RUNNING:
            return await self._give_back(claim)
        found = judging.obstacles(
            prepared.campaign,
            prepared.grounds[claim.tenancy_id],
            prepared.both[claim.tenancy_id],
            languages=prepared.languages,
            day=prepared.day,
            at=at,
        )
        if found:
            return await self._skip(claim, found)
        try:
            step.at_the_row = True
            made = plan(prepared, claim.tenancy_id, at=at)
            step.at_the_row = False
            async with self._db.transaction(_caller(claim.main_connector_id)) as tx:
                return await self._offer(tx, prepared, claim, made, step)
        except AgreementChanged as moved:
            return await self._fail(claim, moved.slug, moved.detail)
        except DomainError as refusal:
            reason = _SKIPPED.get(type(refusal))
            if reason is not None:
                return await self._skip(claim, (Obstacle(reason=reason, detail=refusal.detail),))
            return await self._fail(claim, refusal.slug, refusal.detail, for_good=True)

    async def _offer(self, tx: Transaction, prepared: Prepared, claim: Claimed, made: Offering, step: _Step) -> bool:
        held = await store.take_row(tx, claim)
        step.at_the_row = True
        if held is None:  # somebody settled it or took it over
            return False
        if held.status is not CampaignStatus.RUNNING:
            await store.give_back(tx, [claim], at=self._clock.now())
            return False
        now = (await store.grounds(tx, [claim.tenancy_id], prepared.day))[claim.tenancy_id]
        if now != made.ground or now.agreement_id is None:
            raise AgreementChanged("the agreement in force was changed while the offer was made")
        if not await agreement_store.add(tx, made.draft):
            raise AgreementChanged("its short reference is taken")
        at = self._clock.now()
        of = {"campaign": str(claim.campaign_id), "replaces": str(now.agreement_id)}
        await record(tx, history.act("drafted", None, made.draft, at=at, **of))
        offered = await agreements.offer(tx, self._clock, made.plan)
        await reminding.promise_reminders(tx, prepared.campaign, offered, at=at)
        if prepared.campaign.sign_with_own_key:
            await owe(tx, owing.to_sign(offered, claim.campaign_id, at=at))
        return await store.settle(
            tx, claim, RowMove.OFFER, at=at, agreement_id=offered.id, replaces=now.agreement_id, attempts=held.attempts
        )

    async def _skip(self, claim: Claimed, found: Sequence[Obstacle]) -> bool:
        detail = "; ".join(one.detail for one in found)
        async with self._db.transaction(_caller(claim.main_connector_id)) as tx:
            held = await store.take_row(tx, claim)
            if held is None:
                return False
            return await store.settle(
                tx, claim, RowMove.SKIP, at=self._clock.now(), reason=found[0].reason, detail=detail
            )

    async def _give_back(self, claim: Claimed) -> bool:
        async with self._db.transaction(_caller(claim.main_connector_id)) as tx:
            await store.give_back(tx, [claim], at=self._clock.now())
        return False

    async def _write_down(self, claim: Claimed, failure: str) -> None:
        """Put down what nobody foresaw: the name of the error alone, since its text could hold data."""
        self.settled += await self._fail(claim, failure, None)

    async def _fail(self, claim: Claimed, reason: str, detail: str | None, *, for_good: bool = False) -> bool:
        at = self._clock.now()
        async with self._db.transaction(_caller(claim.main_connector_id)) as tx:
            held = await store.take_row(tx, claim)
            if held is None:
                return False
            failed = held.attempts + 1
            move, next_at = (RowMove.GIVE_UP, at) if for_good else after_failure(failed, at)
            await store.settle(tx, claim, move, at=at, attempts=failed, next_at=next_at, reason=reason, detail=detail)
        said = {"campaign": str(claim.campaign_id), "tenancy": str(claim.tenancy_id), "reason": reason}
        if move is RowMove.GIVE_UP:
            log.warning("campaign row failed", **said)
        return move is RowMove.GIVE_UP


def plan(prepared: Prepared, tenancy_id: TenancyId, *, at: datetime) -> Offering:
    """Draft an agreement and work out its offer, document and all, without writing anything.

    Raises:
        DraftRefused: what is carried over cannot be agreed any more.
    """
    ground = prepared.grounds[tenancy_id]
    language = Language(ground.language or "")
    said = completeness.examined(judging.said(prepared.campaign, ground, language))
    draft = lifecycle.draft(said, agreement_id=AgreementId(new_id()), tenancy_id=tenancy_id, at=at)
    model = prepared.models[language]
    content = offering.content(
        draft, prepared.both[tenancy_id], model_sha256=model.frozen.content_sha256, day=prepared.day
    )
    issued = documents.issue(content, model.template)
    made = agreements.OfferPlan(
        version=draft.version, content=content, docx=issued.docx, content_sha256=issued.content_sha256
    )
    return Offering(ground=ground, draft=draft, plan=made)


def _caller(main_connector_id: MainConnectorId) -> Caller:
    return Caller(
        scope=Scope(main_connector_id=main_connector_id),
        actor=Actor(kind=ActorKind.SERVICE, name="campaigns"),
        permissions=frozenset(),
    )
