"""The sample's first agreement, by the same actions as every other one: drafted, offered, signed by each party."""

from collections.abc import Mapping

from kanta_tenancy.agreements import lifecycle, reading
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.model import Agreement, Draft, Party, Signatory, Status
from kanta_tenancy.agreements.models.rendering import line_to_sign
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.x509.credentials import Credential

_MANY = 100


class Side(Record, frozen=True, kw_only=True):
    """One party at work: who it calls as, and what its signatory signs with."""

    caller: Caller
    credential: Credential


async def in_force(
    db: Database, clock: Clock, said: Draft, tenancy_id: TenancyId, sides: Mapping[Party, Side]
) -> tuple[Agreement, bytes]:
    """Return the tenancy's agreement that is in force, with its document; make it, or go on where a run was killed."""
    main_connector = sides[Party.MAIN_CONNECTOR].caller
    agreement = await _begun(db, main_connector, tenancy_id)
    if agreement is None:
        async with db.transaction(main_connector) as tx:
            agreement = await actions.draft(tx, clock, tenancy_id=tenancy_id, said=said)
    if agreement.status is Status.DRAFT:
        agreement = await _offered(db, clock, main_connector, agreement)
    for who in lifecycle.unsigned(agreement):
        agreement = await _signed(db, clock, sides[who.party], agreement, who)
    async with db.transaction(main_connector) as tx:
        agreement, document = await reading.document(tx, agreement.id)
    return agreement, document.content


async def _begun(db: Database, caller: Caller, tenancy_id: TenancyId) -> Agreement | None:
    async with db.transaction(caller) as tx:
        found = await reading.newest(tx, before=None, count=_MANY, tenancy_id=tenancy_id)
        for status in (Status.IN_FORCE, Status.PARTLY_SIGNED, Status.OFFERED, Status.DRAFT):
            for summary in found:
                if summary.status is status:
                    return await reading.one(tx, summary.id)
    return None


async def _offered(db: Database, clock: Clock, caller: Caller, draft: Agreement) -> Agreement:
    async with db.transaction(caller) as tx:
        plan = await actions.plan_offer(tx, clock, agreement_id=draft.id, version=draft.version)
        return await actions.offer(tx, clock, plan)


async def _signed(db: Database, clock: Clock, side: Side, agreement: Agreement, who: Signatory) -> Agreement:
    async with db.transaction(side.caller) as tx:
        ground = await signing.ground(tx, clock, agreement_id=agreement.id, version=agreement.version)
        signed = sign(ground.docx, side.credential, at=clock.now(), line=line_to_sign(who))
        accepted = signing.handed_in(ground, signed, side.caller.scope, at=clock.now())
        return await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)
